"""Is every spelling of an address one address, and every mask silent about it?"""

from __future__ import annotations

import pytest

from responder.core.errors import InvalidInput
from responder.core.terms import Channel
from responder.db.ciphers import SecretCiphers
from responder.engine.situation.addresses import (
    address_index,
    clean_email,
    clean_phone,
    mask_email,
    mask_phone,
)


@pytest.mark.parametrize(
    ("written", "country", "clean"),
    [
        ("+12025550143", "US", "+12025550143"),
        ("(202) 555-0143", "US", "+12025550143"),
        ("202.555.0143", "US", "+12025550143"),
        ("1-202-555-0143", "US", "+12025550143"),
        ("tel:+1-202-555-0143", "GB", "+12025550143"),
        ("'+12025550143", "US", "+12025550143"),
        ("07700 900123", "GB", "+447700900123"),
        ("+44 7700 900123", "US", "+447700900123"),
        ("0044 7700 900123", "GB", "+447700900123"),
        ("٠٧٧٠٠ ٩٠٠١٢٣", "GB", "+447700900123"),
        ("+34 612 34 56 78", "US", "+34612345678"),
        ("020 7946 0123", "GB", "+442079460123"),
    ],
)
def test_every_spelling_of_a_number_is_one_number(written: str, country: str, clean: str) -> None:
    assert clean_phone(written, country) == clean


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("", "empty"),
        ("not a number", "not a phone number"),
        ("12", "too few digits"),
        ("+1 202 555 01431234", "too many digits"),
        ("+9991234567", "no country code in use"),
        ("+1 900 555 1234", "premium-rate"),
        ("+44 9098790000", "premium-rate"),
        ("+44 845 464 0000", "premium-rate, shared-cost"),
        ("+1 202 555 0143 ext. 5", "extension"),
        ("1" * 500, "too long"),
    ],
)
def test_a_number_that_cannot_be_reached_says_why(written: str, reason: str) -> None:
    with pytest.raises(InvalidInput, match=reason):
        clean_phone(written, "US")


def test_a_number_without_country_code_needs_a_country() -> None:
    with pytest.raises(InvalidInput):
        clean_phone("202 555 0143", "")


def test_the_reason_never_holds_the_number() -> None:
    with pytest.raises(InvalidInput) as caught:
        clean_phone("+1 202 555 014", "US")
    assert "202" not in str(caught.value)


@pytest.mark.parametrize(
    ("written", "clean"),
    [
        (" Amina@Example.ORG ", "Amina@example.org"),
        ("mailto:amina@example.org", "amina@example.org"),
        ("amina+city@example.org", "amina+city@example.org"),
        ("o'brien@example.org", "o'brien@example.org"),
        ("amina@exämple.org", "amina@exämple.org"),
    ],
)
def test_an_email_is_cleaned(written: str, clean: str) -> None:
    assert clean_email(written) == clean


@pytest.mark.parametrize(
    "written", ["", "amina", "amina@", "@example.org", "a b@example.org", "a@b", "a@localhost",
                "a@b@example.org", "amina@example..org",
                ".amina@example.org", "amina@example.org\r\nBcc: eve@example.org",
                f"{'a' * 65}@example.org", f"a@{'b' * 300}.org"]
)  # fmt: skip
def test_what_is_no_email_is_refused(written: str) -> None:
    with pytest.raises(InvalidInput):
        clean_email(written)


def test_the_index_of_an_email_does_not_know_capitals() -> None:
    ciphers = SecretCiphers("a made-up key that only tests know")
    one = address_index(ciphers, Channel.EMAIL, "Amina@example.org")
    assert one == address_index(ciphers, Channel.EMAIL, "amina@example.org")
    assert one != address_index(ciphers, Channel.SMS, "amina@example.org")
    assert one != address_index(
        SecretCiphers("quite another made-up key"), Channel.EMAIL, "amina@example.org"
    )


def test_masks_give_nothing_away() -> None:
    assert mask_phone("+12025550143") == "+1 ••• ••43"
    assert mask_phone("12") == "•••"
    assert mask_email("amina@example.org") == "a•••@e•••.org"
    assert mask_email("nonsense") == "•••"
