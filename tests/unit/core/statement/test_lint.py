"""Does every rule find its mistake, and leave a sound text alone?"""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from responder.core.city import Block, City
from responder.core.statement import ChannelText, Kind, Severity, Template, Variable, VariableType
from responder.core.statement.lint import Finding, Subject, check
from responder.core.statement.template import Limit
from responder.core.statement.values import Filled
from responder.core.statement.words import Words
from responder.core.terms import Channel, Mode

NOW = datetime(2027, 3, 1, 15, 0, tzinfo=UTC)
NEXT = NOW + timedelta(hours=1)
CITY = City(
    "Alderport",
    "Europe/London",
    "GB",
    domains=("alderport.example.org",),
    blocks={
        "helpline": Block("helpline", {"": "Help line"}, phone="+447700900112", expires=date(2027, 12, 31)),
    },
)
ENGLISH = Words(
    "en",
    {"exercise_prefix": "EXERCISE"},
    {
        "casualties": ("killed", "injured"),
        "sources": ("police", "hospital"),
        "numbers": ("two", "twelve"),
        "motive": ("because of hatred", "terrorist"),
        "exercise": ("exercise", "drill"),
        "real": ("this is not a drill",),
        "private": ("passport number", "home address"),
        "zone": ("GMT",),
    },
)
SPANISH = replace(
    ENGLISH, language="es", lists={**ENGLISH.lists, "casualties": ("muertos",), "motive": ("por odio",)}
)
TEMPLATE = Template("x", Kind.UPDATE, "", {}, (), (Channel.SMS, Channel.EMAIL), {}, {})
GOOD = "Alderport: stay away from the harbour. Next update: 16:00 GMT"


def subject(text: str = GOOD, **changes: object) -> Subject:
    plain = Subject(
        kind=Kind.UPDATE,
        mode=Mode.LIVE,
        source="en",
        texts={"en": {Channel.SMS: ChannelText(text)}},
        template=TEMPLATE,
        filled=Filled({}, {}, frozenset(), ()),
        city=CITY,
        now=NOW,
        words={"en": ENGLISH},
        next_update_at=NEXT,
        restricted=lambda _: (),
    )
    return replace(plain, **changes)  # type: ignore[arg-type]  # fields of a Subject


def found(of: Subject, rule: str) -> list[Finding]:
    return [finding for finding in check(of) if finding.rule == rule]


def blocks(of: Subject, rule: str) -> bool:
    return any(finding.blocks for finding in found(of, rule))


def test_a_sound_text_has_no_findings() -> None:
    assert check(subject()) == ()


def test_a_restricted_name_blocks_and_shows_its_place() -> None:
    named = subject(
        "Alderport 16:00 GMT: John Doe",
        restricted=lambda text: ((text.find("John"), len(text)),) if "John" in text else (),
    )
    (finding,) = found(named, "perpetrator-named")
    assert finding.blocks
    assert finding.span == (21, 29)


def test_a_name_that_police_ask_for_is_only_a_warning() -> None:
    named = subject(restricted=lambda _: ((0, 3),), flags={"suspect_named_by_police": True})
    assert found(named, "perpetrator-named")[0].severity is Severity.WARN


def test_without_a_list_of_names_it_says_that_it_did_not_look() -> None:
    (finding,) = found(subject(restricted=None), "perpetrator-named")
    assert finding.severity is Severity.INFORM


@pytest.mark.parametrize("text", ["It was a TERRORIST attack", "done because of  hatred"])
def test_an_asserted_motive_blocks_until_it_is_confirmed(text: str) -> None:
    assert blocks(subject(f"{GOOD} {text}"), "motive-asserted")
    assert not found(subject(f"{GOOD} {text}", flags={"motive_confirmed": True}), "motive-asserted")


def test_a_word_inside_another_word_is_not_it() -> None:
    assert not found(subject(f"{GOOD} counterterrorists"), "motive-asserted")


def test_a_typed_figure_beside_casualties_blocks() -> None:
    assert blocks(subject(f"{GOOD} Police: 12 injured"), "unverified-number")
    assert blocks(subject(f"{GOOD} Police: twelve injured"), "unverified-number")


@pytest.mark.parametrize(
    "said",
    [
        "Police: 1\u200b2 injured",
        "Police: \u202b12\u202c injured",
        "Police: １２ injured",
        "Police: ①② injured",
        "Police: ۱۲ injured",
        "Police: twelve in\u00adjured",
        "Police: TWELVE INJURED",
        "Police: tw\u2060elve injured",
        "Police: twеlve injurеd",  # Cyrillic e
        "Injured:\n- 12",
        "12 people\ninjured",
    ],
)
def test_a_hidden_figure_of_people_blocks_as_well(said: str) -> None:
    assert blocks(subject(f"{GOOD}\n{said}"), "unverified-number")


@pytest.mark.parametrize("said", ["ter\u200brorist", "tеrrorist", "ter\u00adrorist", "TERR\u200fORIST"])
def test_a_hidden_motive_blocks_as_well(said: str) -> None:
    assert blocks(subject(f"{GOOD} {said}"), "motive-asserted")


@pytest.mark.parametrize(
    "html", ["<p title='John Doe'>x</p>", "<p>John</p><!-- John Doe -->", "<p>J<b>oh</b>n <i>Doe</i></p>"]
)
def test_a_name_that_stands_in_the_html_only_blocks(html: str) -> None:
    said = {"en": {Channel.EMAIL: ChannelText(GOOD, "Alderport", html)}}
    named = subject(texts=said, restricted=lambda text: ((0, 8),) if "John Doe" in text else ())
    assert blocks(named, "perpetrator-named")


def test_arabic_digits_are_digits() -> None:
    assert blocks(subject(f"{GOOD} Police: ١٢ injured"), "unverified-number")


def test_a_verified_figure_may_be_said() -> None:
    injured = Variable("injured", VariableType.NUMBER, "Injured")
    template = replace(TEMPLATE, variables={"injured": injured})
    text = f"{GOOD} Police, 15:00: 12 injured"
    sure = Filled({"injured": 12}, {"injured": "fact"}, frozenset({"injured"}), ())
    assert not found(subject(text, template=template, filled=sure), "unverified-number")
    unsure = replace(sure, verified=frozenset())
    assert blocks(subject(text, template=template, filled=unsure), "unverified-number")


def test_a_bare_figure_elsewhere_is_a_warning() -> None:
    (finding,) = found(subject(f"{GOOD} Bus 42"), "unverified-number")
    assert finding.severity is Severity.WARN


def test_times_links_and_telephones_are_no_figures() -> None:
    text = f"{GOOD} +44 7700 900112 https://alderport.example.org/2027/now 18:40"
    assert not found(subject(text), "unverified-number")


@pytest.mark.parametrize("text", ["At 15:00: 12 injured", "Police: 12 injured"])
def test_a_casualty_figure_needs_its_source_and_its_time(text: str) -> None:
    without_time = subject(f"Alderport. {text}", kind=Kind.OTHER, next_update_at=None)
    assert blocks(without_time, "casualty-without-source")


def test_a_casualty_figure_with_source_and_time_passes() -> None:
    assert not found(subject(f"{GOOD}. Police, 15:00: 12 injured"), "casualty-without-source")


@pytest.mark.parametrize(
    ("text", "next_update_at"),
    [
        (GOOD, None),
        (GOOD, NOW - timedelta(minutes=1)),
        ("Alderport: stay", NEXT),
        ("Alderport at 16:00", NEXT),
    ],
    ids=["none", "past", "not in the text", "no zone"],
)
def test_an_update_says_when_the_city_speaks_next(text: str, next_update_at: datetime | None) -> None:
    assert blocks(subject(text, next_update_at=next_update_at), "next-update-missing")


def test_an_empty_part_blocks_and_an_unnamed_sender_too() -> None:
    empty = subject(blocks={"en": {Channel.SMS: {"known": "", "next": "16:00"}}})
    assert blocks(empty, "required-block-missing")
    assert blocks(subject("Stay away. 16:00 GMT"), "required-block-missing")


def test_a_part_that_was_rewritten_by_hand_is_a_warning() -> None:
    said = {"en": {Channel.SMS: {"known": "Two streets are closed.", "next": "16:00 GMT"}}}
    by_hand = subject(blocks=said, edited=frozenset({("en", Channel.SMS)}))
    assert found(by_hand, "required-block-missing")[0].severity is Severity.WARN


def test_length_is_measured_as_it_is_sent() -> None:
    long = subject(f"{GOOD} {'x' * 300}")
    assert found(long, "too-long")[0].severity is Severity.WARN
    assert blocks(subject(f"{GOOD} {'x' * 1700}"), "too-long")


def test_a_smaller_version_is_offered_and_not_applied() -> None:
    curly = subject(f"{GOOD} {'it’s ' * 12}")
    (finding,) = [one for one in found(curly, "too-long") if one.severity is Severity.INFORM]
    assert finding.replacement is not None
    assert "’" not in finding.replacement
    assert "’" in curly.texts["en"][Channel.SMS].text


def test_a_long_subject_is_a_warning() -> None:
    template = replace(TEMPLATE, limits={Channel.EMAIL: Limit(subject=10)})
    texts = {"en": {Channel.EMAIL: ChannelText(GOOD, "A subject that is too long")}}
    assert found(subject(template=template, texts=texts), "too-long")


def in_two(spanish: str, **changes: object) -> Subject:
    texts = {"en": {Channel.SMS: ChannelText(GOOD)}, "es": {Channel.SMS: ChannelText(spanish)}}
    usual = {
        "texts": texts,
        "fresh": {
            "en": {Channel.SMS: ChannelText(GOOD)},
            "es": {Channel.SMS: ChannelText("Alderport 16:00 GMT")},
        },
        "words": {"en": ENGLISH, "es": SPANISH},
        "required": ("en", "es"),
        "reviewed": frozenset({"es"}),
    }
    return subject(**{**usual, **changes})


def test_a_missing_required_language_blocks_that_language() -> None:
    of = in_two("", texts={"en": {Channel.SMS: ChannelText(GOOD)}})
    assert [(one.language, one.blocks) for one in found(of, "translation-mismatch")] == [("es", True)]


def test_a_translation_whose_source_was_edited_is_stale() -> None:
    stale = in_two("Alderport 16:00 GMT", edited=frozenset({("en", Channel.SMS)}))
    assert blocks(stale, "translation-mismatch")


@pytest.mark.parametrize(
    "text",
    ["Alderport 17:00 GMT", "Alderport 16:00 GMT, 5", "Alderport 16:00 GMT https://alderport.example.org"],
)
def test_a_translation_with_other_figures_times_or_links_blocks(text: str) -> None:
    other = in_two(text, edited=frozenset({("es", Channel.SMS)}))
    assert blocks(other, "translation-mismatch")


def test_a_translation_reworded_by_hand_with_the_same_figures_passes() -> None:
    reworded = in_two("Alderport, a las 16:00 GMT", edited=frozenset({("es", Channel.SMS)}))
    assert not found(reworded, "translation-mismatch")


def test_a_sentence_left_in_the_source_language_blocks() -> None:
    known = Variable("known", VariableType.LIST, "Known")
    sentence = "Two streets are closed now"
    of = in_two(
        f"Alderport 16:00 GMT {sentence}",
        template=replace(TEMPLATE, variables={"known": known}),
        filled=Filled({"known": (sentence,)}, {"known": "fact"}, frozenset({"known"}), ()),
    )
    assert blocks(of, "translation-mismatch")


@pytest.mark.parametrize(
    "link",
    [
        "http://alderport.example.org",
        "https://example.com/x",
        "https://alderport.example.org.evil.example.com",
        "https://alderport.example.org@evil.example.com/",
        "bit.ly/abc",
        "www.example.com",
    ],
)
def test_links_lead_to_the_citys_own_names_by_https(link: str) -> None:
    assert blocks(subject(f"{GOOD} {link}"), "link-not-allowed")


def test_the_citys_own_links_and_callable_numbers_pass() -> None:
    text = f"{GOOD} https://alderport.example.org/now +44 7700 900112."
    assert not found(subject(text), "link-not-allowed")


def test_a_number_that_can_not_be_called_blocks() -> None:
    assert blocks(subject(f"{GOOD} +999 123 456 78"), "link-not-allowed")


def test_a_service_that_has_ended_blocks() -> None:
    helpline = Variable("helpline", VariableType.BLOCK, "Help line", source="city.helpline")
    of = subject(
        template=replace(TEMPLATE, variables={"helpline": helpline}),
        filled=Filled({"helpline": "helpline"}, {"helpline": "city"}, frozenset({"helpline"}), ()),
        now=NOW + timedelta(days=400),
        next_update_at=NEXT + timedelta(days=400),
    )
    assert blocks(of, "link-not-allowed")


def test_an_exercise_says_so_at_its_start() -> None:
    assert blocks(subject(mode=Mode.EXERCISE), "exercise-words")
    assert not found(subject(f"EXERCISE {GOOD}", mode=Mode.EXERCISE), "exercise-words")


@pytest.mark.parametrize("words", ["This is an exercise.", "DRILL", "This is not a drill!"])
def test_a_live_text_holds_no_words_of_exercises(words: str) -> None:
    assert blocks(subject(f"{GOOD} {words}"), "exercise-words")


def test_turkish_capitals_are_found_as_well() -> None:
    assert blocks(subject(f"{GOOD} DRİLL"), "exercise-words")


@pytest.mark.parametrize(
    "text",
    [
        "passport number 123",
        "Home Address: 1 High Street",
        "write to jo@example.com",
        "GB33 BUKB 2020 1555 5555 55",
    ],
)
def test_private_details_block(text: str) -> None:
    assert blocks(subject(f"{GOOD} {text}"), "private-details")


def test_the_citys_own_mail_addresses_are_not_private() -> None:
    assert not found(subject(f"{GOOD} news@alderport.example.org"), "private-details")


def test_police_clearance_and_embargo_block() -> None:
    clearance = Variable("police_clearance", VariableType.FLAG, "Cleared")
    wanted = subject(template=replace(TEMPLATE, variables={"police_clearance": clearance}))
    assert blocks(wanted, "clearance-missing")
    assert not blocks(replace(wanted, flags={"police_clearance": True}), "clearance-missing")
    assert blocks(subject(embargo_until=NEXT), "clearance-missing")


def test_what_a_language_has_no_words_for_is_said() -> None:
    bare = in_two("Alderport 16:00 GMT", words={"en": ENGLISH, "es": Words("es")})
    said = [one for one in check(bare) if one.language == "es" and one.severity is Severity.INFORM]
    assert {one.rule for one in said} >= {"motive-asserted", "casualty-without-source", "private-details"}


def test_the_same_text_gives_the_same_findings() -> None:
    of = subject(f"{GOOD} 12 injured because of hatred http://example.com")
    assert check(of) == check(of)


def test_a_long_text_in_three_languages_is_checked_in_a_blink() -> None:
    text = ChannelText(f"{GOOD}\n" + "Stay away from the harbour and look after one another. " * 40)
    channels = dict.fromkeys((Channel.SMS, Channel.EMAIL, Channel.WEB, Channel.PRESS), text)
    words = {tag: replace(ENGLISH, language=tag) for tag in ("en", "es", "ar")}
    of = subject(texts=dict.fromkeys(words, channels), words=words)
    check(of)
    start = time.process_time()
    check(of)
    assert time.process_time() - start < 0.2
