"""Does every template say something whole, short and right in every language, whatever the facts?"""

from __future__ import annotations

import re
from collections.abc import Callable
from xml.etree import ElementTree as ET

from responder.content.files import FileContent
from responder.core.statement.catalogue import Catalogue
from responder.core.statement.checking import check_template
from responder.core.statement.render import Rendering
from responder.core.statement.slots import STOP_LINE, UNSUBSCRIBE_LINK, join
from responder.core.statement.sms import measure, outside_gsm
from responder.core.statement.template import Template, VariableType
from responder.core.statement.words import LINES, LISTS, Words
from responder.core.terms import Channel, direction

MOST_PARTS = {"en": 2, "es": 2, "ar": 3}
FOUR = (Channel.SMS, Channel.EMAIL, Channel.WEB, Channel.PRESS)


def test_every_template_is_written_for_four_channels(
    name: str, template_named: Callable[[str], Template]
) -> None:
    found = template_named(name)
    assert found.channels == FOUR
    assert found.files_of(Channel.EMAIL) == ("email.txt.j2", "email.html.j2")


def test_every_language_says_every_channel_whole(live: Rendering) -> None:
    assert live.missing == ()
    assert tuple(live.texts) == FOUR
    assert all(text.text.strip() for text in live.texts.values())


def test_no_brace_or_placeholder_is_left_over(live: Rendering) -> None:
    said = [piece for text in live.texts.values() for piece in (text.text, text.subject, text.html)]
    assert not [piece for piece in said if re.search(r"[{}]|%\(|None", piece)]


def test_a_short_message_keeps_to_its_parts_with_prefix_and_stop_line(
    exercise: Rendering, language: str, stop_line: str
) -> None:
    text = join(exercise.texts[Channel.SMS].text, {STOP_LINE: stop_line})
    assert measure(text).segments <= MOST_PARTS[language], text


def test_latin_short_messages_need_no_second_alphabet(live: Rendering, language: str, stop_line: str) -> None:
    if language != "ar":
        assert outside_gsm(join(live.texts[Channel.SMS].text, {STOP_LINE: stop_line})) == ()


def test_readers_can_leave_a_list(live: Rendering) -> None:
    assert STOP_LINE in live.texts[Channel.SMS].text
    assert UNSUBSCRIBE_LINK in live.texts[Channel.EMAIL].text
    assert UNSUBSCRIBE_LINK in live.texts[Channel.EMAIL].html
    assert UNSUBSCRIBE_LINK not in live.texts[Channel.WEB].html


def test_subject_and_title_are_short(exercise: Rendering) -> None:
    assert 0 < len(exercise.texts[Channel.EMAIL].subject) <= 70
    assert 0 < len(exercise.texts[Channel.WEB].subject) <= 70


def test_every_text_of_an_exercise_begins_with_the_word_for_it(
    exercise: Rendering, language: str, words_in: Callable[[str], Words]
) -> None:
    prefix = words_in(language).line("exercise_prefix")
    assert prefix
    assert all(text.text.startswith(prefix) for text in exercise.texts.values())
    assert exercise.texts[Channel.EMAIL].subject.startswith(prefix)


def test_a_live_text_never_has_that_word(
    live: Rendering, language: str, words_in: Callable[[str], Words]
) -> None:
    prefix = words_in(language).line("exercise_prefix") or "EXERCISE"
    assert not [text for text in live.texts.values() if prefix in text.text + text.subject]


def test_html_is_well_formed_and_knows_its_language(live: Rendering, language: str) -> None:
    for channel in (Channel.EMAIL, Channel.WEB):
        root = ET.fromstring(live.texts[channel].html.replace("\ue000", "[").replace("\ue001", "]"))
        assert root.get("lang") == language
        assert root.get("dir") == direction(language)


def test_every_named_part_is_said(live: Rendering, case: object) -> None:
    found: Template = case.template  # type: ignore[attr-defined]  # a Case of conftest
    for channel in (Channel.EMAIL, Channel.WEB, Channel.PRESS):
        silent = [part for part in found.blocks if not live.blocks[channel].get(part, "").strip()]
        assert silent == []


def test_a_life_safety_text_asks_for_nothing_that_must_be_written(
    template_named: Callable[[str], Template],
) -> None:
    fixed = {VariableType.CHOICE, VariableType.AREAS, VariableType.FLAG}
    variables = template_named("safety_instruction").variables.values()
    assert [
        one.id for one in variables if one.type not in fixed and not (one.source or "").startswith("city.")
    ] == []


def test_a_value_stands_after_a_colon(translation: str, catalogue_in: Callable[[str], Catalogue]) -> None:
    """Place, date or name in mid-sentence would have to bend in many languages."""
    for entry in catalogue_in(translation).entries.values():
        for text in (entry.msgid, *entry.forms):
            if "%(" in text and not entry.plural:
                assert re.fullmatch(r"[^%]*: \u200e?%\(\w+\)s", text), text


def test_every_count_has_every_plural_form(
    translation: str, catalogue_in: Callable[[str], Catalogue]
) -> None:
    found = catalogue_in(translation)
    plural = [entry for entry in found.entries.values() if entry.plural]
    assert plural
    assert found.forms == {"es": 2, "ar": 6}[translation]
    assert all(len(entry.forms) == found.forms and all(entry.forms) for entry in plural)


def test_a_translation_has_the_same_placeholders(
    translation: str, catalogue_in: Callable[[str], Catalogue]
) -> None:
    for entry in catalogue_in(translation).entries.values():
        wanted = set(re.findall(r"%\(\w+\)s", entry.msgid + entry.plural))
        assert all(set(re.findall(r"%\(\w+\)s", form)) <= wanted for form in entry.forms)
        assert entry.plural or set(re.findall(r"%\(\w+\)s", entry.forms[0])) == wanted


def test_shipped_translations_say_that_nobody_has_reviewed_them(
    translation: str, shipped: FileContent
) -> None:
    catalogue = shipped.read(f"locales/{translation}/LC_MESSAGES/broadcast.po")
    own_words = shipped.read(f"locales/{translation}/words.yaml")
    assert b"Status: drafted" in catalogue.split(b"msgid")[0]
    assert b"Status: drafted" in own_words.split(b"language:")[0]


def test_every_language_has_all_fixed_lines_and_lists(
    language: str, words_in: Callable[[str], Words]
) -> None:
    found = words_in(language)
    assert set(found.lines) == set(LINES)
    assert set(found.lists) == set(LISTS)
    assert all("{phone}" in line and "{url}" in line for line in [found.line("notice") or ""])


def test_a_template_is_sound_and_whole_in_every_language(
    name: str, shipped: FileContent, catalogue_in: Callable[[str], Catalogue]
) -> None:
    folder = f"message_templates/{name}"
    files = {path.split("/")[-1]: shipped.read(path) for path in shipped.files(folder)}
    others = {tag: catalogue_in(tag) for tag in ("es", "ar")}
    assert [str(problem) for problem in check_template(files, others, name=name)] == []
