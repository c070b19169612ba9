"""Is a text message counted, cut and made smaller as providers do it?"""

from __future__ import annotations

import pytest

from responder.core.statement.sms import LONGEST, difference, gsm_safe, measure, outside_gsm, parts


@pytest.mark.parametrize(
    ("text", "encoding", "segments", "units"),
    [
        ("", "GSM-7", 1, 0),
        ("a" * 160, "GSM-7", 1, 160),
        ("a" * 161, "GSM-7", 2, 161),
        ("a" * 306, "GSM-7", 2, 306),
        ("a" * 307, "GSM-7", 3, 307),
        ("€" * 80, "GSM-7", 1, 160),
        ("€" * 81, "GSM-7", 2, 162),
        ("a" * 152 + "€" + "a" * 152, "GSM-7", 3, 306),
        ("^{}\\[~]|€\f", "GSM-7", 1, 20),
        ("@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ", "GSM-7", 1, 31),
        ("ç", "UCS-2", 1, 1),
        ("á" * 70, "UCS-2", 1, 70),
        ("á" * 71, "UCS-2", 2, 71),
        ("á" * 134, "UCS-2", 2, 134),
        ("á" * 135, "UCS-2", 3, 135),
        ("😀" * 35, "UCS-2", 1, 70),
        ("á" * 66 + "😀" + "á" * 66, "UCS-2", 3, 134),
        ("👩\u200d👩\u200d👧" * 9, "UCS-2", 2, 72),
        ("مرحبا", "UCS-2", 1, 5),
        ("line\r\nline", "GSM-7", 1, 10),
    ],
)
def test_a_text_has_the_size_its_provider_counts(text: str, encoding: str, segments: int, units: int) -> None:
    size = measure(text)
    assert (size.encoding, size.segments, size.units) == (encoding, segments, units)


def test_no_part_splits_an_escape_pair() -> None:
    text = "a" * 152 + "€" + "b" * 20
    first, second = parts(text)
    assert (first.end, first.units) == (152, 152)
    assert text[second.start] == "€"


def test_no_part_splits_a_surrogate_pair_or_a_letter_from_its_marks() -> None:
    text = "á" * 66 + "😀" + "ن" * 10
    assert parts(text)[0].end == 66
    marked = "ن" * 66 + "مَ" + "ن" * 10
    assert parts(marked)[0].end == 66


def test_the_parts_make_up_the_whole_text() -> None:
    text = "Nächste Auskunft um 18:40 — € 🇬🇧 ❤️ " * 9
    cut = parts(text)
    assert "".join(text[part.start : part.end] for part in cut) == text
    assert all(part.units <= 67 for part in cut)


def test_a_cluster_larger_than_a_part_is_cut_all_the_same() -> None:
    assert measure("a" + "\u0301" * 200).segments == 3


def test_typographic_signs_are_proposed_as_plain_ones() -> None:
    proposal = gsm_safe("“We’re here” – stay…")
    assert proposal.text == '"We\'re here" - stay...'
    assert not any(change.loses_meaning for change in proposal.changes)
    assert proposal.after.encoding == "GSM-7"


def test_a_lost_accent_says_that_it_loses_meaning() -> None:
    proposal = gsm_safe("año está")
    assert proposal.text == "año esta"
    assert [(change.before, change.after, change.loses_meaning) for change in proposal.changes] == [
        ("á", "a", True)
    ]


def test_letters_of_other_scripts_stay_and_are_named() -> None:
    proposal = gsm_safe("كل شيء – OK")
    assert proposal.left
    assert "?" not in proposal.text
    assert "كل شيء" in proposal.text


def test_the_text_itself_is_never_changed() -> None:
    text = "¿Está bien? ’"
    gsm_safe(text)
    assert text == "¿Está bien? ’"


def test_decomposed_letters_that_gsm_has_are_composed() -> None:
    assert gsm_safe("e\u0300").text == "è"


def test_what_forces_ucs2_is_named_once() -> None:
    assert outside_gsm("á é á ’") == ("á", "’")


def test_a_difference_shows_what_was_replaced() -> None:
    assert ("replace", "’", "'") in difference("don’t", "don't")


def test_providers_take_no_more_than_their_limit() -> None:
    assert LONGEST == 1_600
