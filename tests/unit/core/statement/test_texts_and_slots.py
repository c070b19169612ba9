"""By which hash is a text known, and what goes into it for one recipient?"""

from __future__ import annotations

from dataclasses import replace

import pytest
from markupsafe import escape

from responder.core.statement import (
    FRAME,
    STOP_LINE,
    UNSUBSCRIBE_LINK,
    ChannelText,
    Frame,
    digests_of,
    join,
    text_digest,
)
from responder.core.statement.slots import slots_in, strip_slots
from responder.core.terms import AudienceDefinition, Channel, LanguagePolicy, Urgency

RESIDENTS = AudienceDefinition("residents", "Everyone", lists=("residents",))
WIDE = Frame((RESIDENTS,), (Channel.SMS, Channel.EMAIL), LanguagePolicy())
TEXTS = {
    "en": {
        Channel.SMS: ChannelText("Stay inside."),
        Channel.EMAIL: ChannelText("Stay.", "Now", "<p>Stay.</p>"),
    },
    "es": {Channel.SMS: ChannelText("No salga."), Channel.EMAIL: ChannelText("No.", "Ahora", "<p>No.</p>")},
    "ar": {Channel.SMS: ChannelText("ابقوا."), Channel.EMAIL: ChannelText("ابقوا.", "الآن", "<p>ابقوا.</p>")},
}
FIRST = {"en": {Channel.SMS: ChannelText("You first.")}, "es": {Channel.SMS: ChannelText("Ustedes antes.")}}


def _with(language: str, channel: Channel, **changes: str) -> dict[str, dict[Channel, ChannelText]]:
    texts = {tag: dict(said) for tag, said in TEXTS.items()}
    texts[language][channel] = replace(texts[language][channel], **changes)
    return texts


@pytest.mark.parametrize("field", ["text", "subject", "html"])
def test_a_changed_source_voids_every_language(field: str) -> None:
    before = digests_of(TEXTS, WIDE, "en")
    after = digests_of(_with("en", Channel.EMAIL, **{field: "x"}), WIDE, "en")
    assert after.frame != before.frame
    assert all(after.languages[tag] != before.languages[tag] for tag in ("es", "ar"))


@pytest.mark.parametrize("field", ["text", "subject", "html"])
def test_a_changed_translation_voids_only_its_own(field: str) -> None:
    before = digests_of(TEXTS, WIDE, "en")
    after = digests_of(_with("es", Channel.EMAIL, **{field: "x"}), WIDE, "en")
    assert after.frame == before.frame
    assert after.languages["es"] != before.languages["es"]
    assert after.languages["ar"] == before.languages["ar"]


@pytest.mark.parametrize(
    "frame",
    [
        replace(WIDE, audiences=(replace(RESIDENTS, areas=("harbour",)),)),
        replace(WIDE, audiences=(replace(RESIDENTS, quiet="22:00-07:00"),)),
        replace(WIDE, channels=(Channel.SMS,)),
        replace(WIDE, policy=LanguagePolicy(("en",))),
        replace(WIDE, urgency=Urgency.URGENT),
        replace(WIDE, corrects=("one",)),
        replace(WIDE, messengers=("mayor",)),
    ],
)
def test_a_changed_frame_voids_the_chain_and_no_review(frame: Frame) -> None:
    before, after = digests_of(TEXTS, WIDE, "en"), digests_of(TEXTS, frame, "en")
    assert after.frame != before.frame
    assert after.languages == before.languages


def test_the_name_of_an_audience_is_no_part_of_the_frame() -> None:
    renamed = replace(WIDE, audiences=(replace(RESIDENTS, name="All of us"),))
    assert digests_of(TEXTS, renamed, "en").frame == digests_of(TEXTS, WIDE, "en").frame


def test_a_scope_names_its_hash() -> None:
    digests = digests_of(TEXTS, WIDE, "en")
    assert digests.of(FRAME) == digests.of("en") == digests.frame
    assert digests.of("fr") is None
    assert len(text_digest(TEXTS["en"])) == 64


def test_slots_are_filled_when_text_and_recipient_are_joined() -> None:
    text = f"News. {STOP_LINE}\n{UNSUBSCRIBE_LINK}"
    said = join(text, {"stop_line": "Reply STOP", "unsubscribe_link": "https://example.org/u/1"})
    assert said == "News. Reply STOP\nhttps://example.org/u/1"
    assert slots_in(text) == ("unsubscribe_link", "stop_line")


def test_html_parts_escape_at_the_join() -> None:
    said = join(
        UNSUBSCRIBE_LINK,
        {"unsubscribe_link": "https://example.org/?a=1&b=<x>"},
        escape=lambda x: str(escape(x)),
    )
    assert "&lt;x&gt;" in said
    assert "&amp;" in said


def test_a_slot_value_can_not_hold_another_slot() -> None:
    assert join(STOP_LINE, {"stop_line": strip_slots(f"x{UNSUBSCRIBE_LINK}")}) == "x1"


def test_what_the_first_readers_get_is_signed_with_the_rest() -> None:
    alone, both = digests_of(TEXTS, WIDE, "en"), digests_of(TEXTS, WIDE, "en", FIRST)
    assert both.frame != alone.frame
    assert both.languages["es"] != alone.languages["es"]
    assert text_digest(TEXTS["en"], FIRST["en"]) != text_digest(TEXTS["en"])


def test_a_statement_without_first_readers_keeps_its_hashes() -> None:
    assert digests_of(TEXTS, WIDE, "en", {}) == digests_of(TEXTS, WIDE, "en")
    assert text_digest(TEXTS["en"], {}) == text_digest(TEXTS["en"])


def test_the_two_editions_can_not_be_exchanged_under_a_signature() -> None:
    one, other = TEXTS["en"], {Channel.SMS: ChannelText("You first.")}
    assert text_digest(one, other) != text_digest(other, one)
