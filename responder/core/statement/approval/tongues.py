"""Which languages are whole and signed, and which may go out now?"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from responder.core.statement.approval.words import LanguageStanding, LanguageState, Proceedings, SignOff
from responder.core.terms import OtherLanguages, Unreviewed

__all__ = ["languages_of", "ready_languages"]


def languages_of(proceedings: Proceedings, signed_at: datetime | None) -> dict[str, LanguageStanding]:
    """Each language of the city and of the message: the source first."""
    source = proceedings.digests.source
    required = _required(proceedings)
    tags = dict.fromkeys((source, *required, *proceedings.offered, *proceedings.digests.languages))
    return {tag: _standing(proceedings, tag, signed_at, required=tag in required) for tag in tags}


def ready_languages(
    proceedings: Proceedings, languages: Mapping[str, LanguageStanding], wait_until: datetime | None
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The languages that a person may release now, and those that may go beside the original.

    Nothing before the chain has signed. Then all that is signed, once every language the release
    waits for is ready or the waiting time is over.
    """
    source = languages[proceedings.digests.source]
    if source.state is not LanguageState.SIGNED:
        return (), ()
    beside = _with_original(proceedings, languages)
    hold = proceedings.policy.others is OtherLanguages.HOLD
    waited_for = [it for it in languages.values() if it.required or hold]
    open_ones = [
        it for it in waited_for if it.state is not LanguageState.SIGNED and it.language not in beside
    ]
    if open_ones and (wait_until is None or proceedings.now < wait_until):
        return (), ()
    signed = tuple(tag for tag, it in languages.items() if it.state is LanguageState.SIGNED)
    return signed, beside


def _required(proceedings: Proceedings) -> tuple[str, ...]:
    return proceedings.policy.required or proceedings.required


def _with_original(proceedings: Proceedings, languages: Mapping[str, LanguageStanding]) -> tuple[str, ...]:
    if proceedings.policy.unreviewed is not Unreviewed.WITH_ORIGINAL:
        return ()
    return tuple(tag for tag, it in languages.items() if it.state is LanguageState.UNREVIEWED)


def _standing(
    proceedings: Proceedings, tag: str, signed_at: datetime | None, *, required: bool
) -> LanguageStanding:
    if tag == proceedings.digests.source:
        state = LanguageState.SIGNED if signed_at else LanguageState.WAITING
        return LanguageStanding(tag, state, required, signed_at=signed_at)
    if proceedings.policy.others is OtherLanguages.SKIP and not required:
        return LanguageStanding(tag, LanguageState.NOT_MADE, required)
    if tag not in proceedings.digests.languages:
        return LanguageStanding(tag, LanguageState.MISSING, required)
    review = _review(proceedings, tag)
    if review is None:
        return LanguageStanding(tag, LanguageState.UNREVIEWED, required)
    if signed_at is None:
        return LanguageStanding(tag, LanguageState.WAITING, required, review.person)
    return LanguageStanding(tag, LanguageState.SIGNED, required, review.person, max(signed_at, review.at))


def _review(proceedings: Proceedings, tag: str) -> SignOff | None:
    """The first signature on this text by somebody who reads the language and did not write it."""
    writers = proceedings.writers.get(tag, frozenset())
    digest = proceedings.digests.languages[tag]
    for sign_off in proceedings.sign_offs:
        fits = sign_off.scope == tag and sign_off.digest == digest
        if fits and sign_off.declares_reading and sign_off.person not in writers:
            return sign_off
    return None
