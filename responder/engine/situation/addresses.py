"""What is a usable phone number or email address, and how is one shown without being given away?"""

from __future__ import annotations

import re
from functools import lru_cache

import phonenumbers
from email_validator import EmailNotValidError, validate_email
from phonenumbers import PhoneMetadata

from responder.core.errors import InvalidInput
from responder.core.terms import Channel
from responder.engine.ports.outside import Ciphers

__all__ = [
    "address_index",
    "address_row",
    "clean_address",
    "clean_email",
    "clean_phone",
    "mask",
    "mask_email",
    "mask_phone",
]

_LONGEST_PHONE = 40
_LONGEST_EMAIL = 254
_INDEX_DIGITS = 32

_E164 = re.compile(r"\+[1-9]\d{6,14}")
_FICTION = re.compile(r"\+1[2-9]\d\d55501\d\d|\+447700900\d{3}")
"""Numbers that the regulators keep for fiction: NANPA 555-0100 to 0199, Ofcom 07700 900000 to 900999."""

_PLAIN_LOCAL = re.compile(r"[a-z0-9_-]+(?:[.+][a-z0-9_-]+)*")


def clean_phone(text: str, country: str) -> str:
    """A number in E.164, read as from `country` (ISO 3166) when it has no country code.

    What can be dialled is kept: mobile, fixed, internet and personal numbers of the numbering plans
    that the phonenumbers package knows, and the ranges kept for fiction. Premium-rate, shared-cost
    and short numbers are refused: a list of those is a way to make a city pay.
    Raises InvalidInput with the reason; the number is not in it.
    """
    text = text.strip().removeprefix("'").removeprefix("tel:")
    if not text or len(text) > _LONGEST_PHONE:
        raise InvalidInput("The phone number is empty or far too long.", mend=_PHONE_MEND)
    if _E164.fullmatch(text) and _can_be_dialled(text):
        return text
    try:
        number = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException as error:
        raise InvalidInput(_PARSE_WORDS.get(error.error_type, _NOT_A_NUMBER), mend=_PHONE_MEND) from error
    if number.extension:
        raise InvalidInput("The phone number has an extension.", mend="Messages can not reach extensions.")
    written = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    if _can_be_dialled(written):
        return str(written)
    raise InvalidInput(_why_not(number), mend=_PHONE_MEND)


def clean_email(text: str) -> str:
    """An address as it is sent to, its domain in lower case. Asks no name server. Raises InvalidInput."""
    text = text.strip().removeprefix("'").removeprefix("mailto:")
    if not text or len(text) > _LONGEST_EMAIL:
        raise InvalidInput("The email address is empty or too long.", mend=_EMAIL_MEND)
    local, _, domain = text.rpartition("@")
    if _PLAIN_LOCAL.fullmatch(local.lower()) and len(local) <= 64 and domain.isascii():
        return f"{local}@{_domain(domain.lower())}"
    return _checked(text)


def clean_address(channel: Channel, text: str, country: str) -> str:
    """`clean_phone` or `clean_email`, by channel."""
    return clean_phone(text, country) if channel is Channel.SMS else clean_email(text)


def address_index(ciphers: Ciphers, channel: Channel, address: str) -> str:
    """The blind index of a clean address: 128 bits in hexadecimal, equal for every spelling of it.

    Email is compared without regard to case: no large provider tells mailboxes apart by it.
    """
    return ciphers.index(address.casefold(), purpose=f"address/{channel}")[:_INDEX_DIGITS]


def address_row(channel: Channel, index: str) -> str:
    """What a sealed address is bound to; a delivery can therefore carry the same bytes."""
    return f"address/{channel}/{index}"


def mask_phone(number: str) -> str:
    """`+12025550123` becomes `+1 ••• ••23`: enough to tell two apart on the phone."""
    return f"{number[:2]} ••• ••{number[-2:]}" if len(number) > 6 else "•••"


def mask_email(address: str) -> str:
    """`amina@example.org` becomes `a•••@e•••.org`."""
    local, at, domain = address.rpartition("@")
    if not at:
        return "•••"
    head, dot, top = domain.rpartition(".")
    return f"{local[:1]}•••@{head[:1]}•••{dot}{top}"


def mask(channel: Channel, address: str) -> str:
    """An address as every screen shows it."""
    return mask_phone(address) if channel is Channel.SMS else mask_email(address)


@lru_cache(maxsize=512)
def _plans(calling_code: int) -> tuple[re.Pattern[str], ...]:
    """What can be dialled under a calling code; asking the package for each number is 50 times slower."""
    found: dict[str, re.Pattern[str]] = {}
    for region in phonenumbers.COUNTRY_CODE_TO_REGION_CODE.get(calling_code, ()):
        plan = (
            PhoneMetadata.metadata_for_nongeo_region(calling_code)
            if region == "001"
            else PhoneMetadata.metadata_for_region(region)
        )
        if plan is None:
            continue
        for kind in (plan.mobile, plan.fixed_line, plan.voip, plan.personal_number):
            if kind is not None and kind.national_number_pattern:
                found.setdefault(kind.national_number_pattern, re.compile(kind.national_number_pattern))
    return tuple(found.values())


def _can_be_dialled(written: str) -> bool:
    if _FICTION.fullmatch(written):
        return True
    for digits in (1, 2, 3):
        patterns = _plans(int(written[1 : 1 + digits]))
        if patterns:
            national = written[1 + digits :]
            return any(pattern.fullmatch(national) for pattern in patterns)
    return False


def _why_not(number: phonenumbers.PhoneNumber) -> str:
    kind = phonenumbers.number_type(number)
    if kind in _COSTLY:
        return "The phone number is premium-rate, shared-cost or of a service."
    reason = phonenumbers.is_possible_number_with_reason(number)
    return _LENGTH_WORDS.get(reason, "The phone number is in no range that its country uses.")


@lru_cache(maxsize=4_096)
def _domain(domain: str) -> str:
    return _checked(f"x@{domain}").rpartition("@")[2]


def _checked(text: str) -> str:
    try:
        return validate_email(text, check_deliverability=False, strict=True).normalized
    except EmailNotValidError as error:
        raise InvalidInput("The email address can not be right.", mend=_EMAIL_MEND) from error


_PHONE_MEND = "Write it with its country code: +44 7700 900123."
_EMAIL_MEND = "Write it as name@example.org."
_NOT_A_NUMBER = "This is not a phone number."
_PARSE_WORDS = {
    phonenumbers.NumberParseException.INVALID_COUNTRY_CODE: "The phone number has no country code in use.",
    phonenumbers.NumberParseException.TOO_SHORT_NSN: "The phone number has too few digits.",
    phonenumbers.NumberParseException.TOO_SHORT_AFTER_IDD: "The phone number has too few digits.",
    phonenumbers.NumberParseException.TOO_LONG: "The phone number has too many digits.",
}
_LENGTH_WORDS = {
    phonenumbers.ValidationResult.TOO_SHORT: "The phone number has too few digits.",
    phonenumbers.ValidationResult.TOO_LONG: "The phone number has too many digits.",
    phonenumbers.ValidationResult.INVALID_LENGTH: "The phone number has a wrong number of digits.",
    phonenumbers.ValidationResult.IS_POSSIBLE_LOCAL_ONLY: "The phone number lacks its area code.",
}
_COSTLY = frozenset(
    {
        phonenumbers.PhoneNumberType.PREMIUM_RATE,
        phonenumbers.PhoneNumberType.SHARED_COST,
        phonenumbers.PhoneNumberType.UAN,
        phonenumbers.PhoneNumberType.PAGER,
        phonenumbers.PhoneNumberType.VOICEMAIL,
        phonenumbers.PhoneNumberType.TOLL_FREE,
    }
)
