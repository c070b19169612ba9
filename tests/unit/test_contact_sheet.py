"""Does a bad row in a file harm no other, and does each know its line?"""

from __future__ import annotations

import io

import pytest

from responder.core.errors import InvalidInput, Refused
from responder.engine.contacts.columns import COLUMN_NAMES, read_columns
from responder.engine.contacts.sheet import LONGEST_LINE, BadRow, Row, open_sheet


def read(content: bytes) -> list[Row | BadRow]:
    return list(open_sheet(io.BytesIO(content)).rows)


def cells(content: bytes) -> list[list[str]]:
    return [row.cells for row in read(content) if isinstance(row, Row)]


def bad(content: bytes) -> list[tuple[int, int, bool]]:
    return [(row.number, row.line, row.cut) for row in read(content) if isinstance(row, BadRow)]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_every_usual_kind_of_file_is_read(delimiter: str, mark: bytes, end: str) -> None:
    text = end.join([f"name{delimiter}phone", f"Amína{delimiter}1", f"Bo{delimiter}2", ""])
    sheet = open_sheet(io.BytesIO(mark + text.encode()))
    assert sheet.header == ["name", "phone"]
    assert [row.cells for row in sheet.rows if isinstance(row, Row)] == [["Amína", "1"], ["Bo", "2"]]


def test_a_line_that_names_the_delimiter_is_no_header() -> None:
    sheet = open_sheet(io.BytesIO(b"sep=;\r\nname;phone\r\nAmina;1\r\n"))
    assert (sheet.header, sheet.header_line) == (["name", "phone"], 2)


def test_a_delimiter_inside_quotes_does_not_count() -> None:
    assert open_sheet(io.BytesIO(b'"name, first, last";phone\n')).delimiter == ";"


def test_a_quoted_line_break_is_part_of_the_field_and_lines_go_on_counting() -> None:
    rows = read(b'name,phone\n"Amina\nof the harbour",1\nBo,2\n')
    assert rows == [Row(1, 2, ["Amina\nof the harbour", "1"]), Row(2, 4, ["Bo", "2"])]


def test_empty_rows_are_no_rows() -> None:
    assert cells(b"name,phone\n\nAmina,1\n,\n\nBo,2\n") == [["Amina", "1"], ["Bo", "2"]]


def test_a_stray_quote_costs_its_own_row_only() -> None:
    content = b'name,phone\nAmina,1\n"Bo,2\nChen,3\nDara,4\n'
    assert cells(content) == [["Amina", "1"], ["Chen", "3"], ["Dara", "4"]]
    assert [(number, line) for number, line, _ in bad(content)] == [(2, 3)]


def test_a_quote_that_is_never_closed_does_not_swallow_a_large_file() -> None:
    content = b'name,phone\n"Amina,1\n' + b"Bo,2\n" * 15_000
    assert len(cells(content)) == 15_000
    assert bad(content) == [(1, 2, False)]


def test_a_file_cut_inside_quotes_says_where() -> None:
    assert bad(b'name,phone\nAmina,1\n"Bo of the har') == [(2, 3, True)]


def test_a_file_cut_inside_a_row_says_where() -> None:
    content = b"name,phone,email\nAmina,1,a\nBo,2"
    assert cells(content) == [["Amina", "1", "a"]]
    assert bad(content) == [(2, 3, True)]


def test_a_file_cut_inside_a_letter_says_where() -> None:
    assert bad("name,phone\nAmina,1\nSofí".encode()[:-1]) == [(2, 3, True)]


def test_a_row_of_another_width_is_bad_and_not_cut() -> None:
    assert bad(b"name,phone\nAmina\nBo,2,3\nChen,3\n") == [(1, 2, False), (2, 3, False)]


def test_bytes_that_are_no_text_cost_their_own_row_only() -> None:
    content = b"name,phone\nA\x00mina,1\nB\xff,2\nChen,3\n"
    assert cells(content) == [["Chen", "3"]]
    assert bad(content) == [(1, 2, False), (2, 3, False)]


def test_a_bad_line_inside_a_quoted_field_is_told_of_its_own() -> None:
    content = b'name,phone\n"Amina\nB\x00,2\nChen,3\n'
    assert cells(content) == [["Chen", "3"]]
    assert [line for _, line, _ in bad(content)] == [2, 3]


def test_an_endless_line_is_skipped_without_being_held() -> None:
    content = b"name,phone\n" + b"x" * (LONGEST_LINE * 40) + b",1\nBo,2\n"
    assert cells(content) == [["Bo", "2"]]
    assert bad(content) == [(1, 2, False)]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"\n\n ,\n", "empty"),
        ("name,phone".encode("utf-16"), "UTF-16"),
        (b"name,phone\rAmina,1\rBo,2\r", "carriage return"),
        (b"n\xffme,phone\n", "Line 1: The row is not UTF-8"),
        (b'"name,phone\n', "Line 1"),
    ],
)
def test_a_file_without_readable_header_says_so(content: bytes, words: str) -> None:
    with pytest.raises(InvalidInput, match=words):
        open_sheet(io.BytesIO(content))


@pytest.mark.parametrize(
    ("heading", "column"),
    [
        ("Name", "name"),
        ("PHONE NUMBER", "phone"),
        ("e-mail", "email"),
        ("E_Mail", "email"),
        ("Correo electrónico", "email"),
        ("CORREO ELECTRONICO", "email"),
        ("preferredLanguage", "languages"),
        ("Teléfono", "phone"),
        ("رقم الهاتف", "phone"),
        ("Мова", "languages"),
    ],
)
def test_headings_are_known_in_many_spellings(heading: str, column: str) -> None:
    other = "phone" if column != "phone" else "email"
    assert read_columns([other, heading]).places[column] == 1


def test_no_heading_means_two_columns() -> None:
    headings = [heading for words in COLUMN_NAMES.values() for heading in words]
    assert len(headings) == len(set(headings))


def test_no_known_heading_is_forbidden() -> None:
    for column, headings in COLUMN_NAMES.items():
        for heading in headings:
            others = ["phone"] if column != "phone" else []
            read_columns([*others, heading, *([] if column in ("phone", "email") else ["email"])])


@pytest.mark.parametrize(
    "heading",
    ["religion", "Religious affiliation", "Religión", "Konfession", "الديانة", "Релігія", "ethnicity",
     "Ethnic group", "race", "nationality", "Nationalité", "Staatsangehörigkeit", "الجنسية", "citizenship",
     "country of origin / ethnic_group", "sexual orientation", "SexualOrientation", "gender identity",
     "health status", "Discapacidad", "disability", "diagnosis", "political party", "union membership",
     "immigration status", "skin colour", "community", "victim of"],
)  # fmt: skip
def test_a_column_that_tells_who_belongs_where_is_refused(heading: str) -> None:
    with pytest.raises(Refused, match="target list") as caught:
        read_columns(["name", "phone", heading])
    assert heading in str(caught.value)


def test_columns_that_mean_nothing_are_named_and_not_kept() -> None:
    assert read_columns(["phone", "shoe size", ""]).ignored == ("shoe size",)


def test_a_file_without_addresses_is_told_what_is_missing() -> None:
    with pytest.raises(InvalidInput, match="phone number or an email"):
        read_columns(["name", "street"])


def test_two_columns_of_one_meaning_are_not_guessed() -> None:
    with pytest.raises(InvalidInput, match="both mean phone"):
        read_columns(["phone", "mobile"])
