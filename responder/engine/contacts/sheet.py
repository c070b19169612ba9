"""How is a table of any size read, so that each row knows its line and a bad row harms no other?"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from responder.core.errors import InvalidInput

__all__ = ["BadRow", "Row", "Sheet", "open_sheet"]

LONGEST_LINE = 64 * 1024
LONGEST_ROW = 64 * 1024
_SKIP = 1024 * 1024
_MARK = b"\xef\xbb\xbf"
_DELIMITERS = (",", ";", "\t", "|")
_WIDE_MARKS = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True, slots=True)
class Row:
    """One row. `line` is where it begins in the file, `number` counts rows after the header; both from 1."""

    number: int
    line: int
    cells: list[str]


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that cannot be read. `cut`: the file seems to end too early here."""

    number: int
    line: int
    reason: str
    mend: str = ""
    cut: bool = False


@dataclass(frozen=True, slots=True)
class Sheet:
    """The header and the rows after it, each read when it is asked for."""

    header: list[str]
    header_line: int
    delimiter: str
    rows: Iterator[Row | BadRow]


def open_sheet(stream: BinaryIO) -> Sheet:
    """Read the header of a CSV file (RFC 4180; also with semicolons, tabs or bars).

    UTF-8 with or without a byte order mark. Raises InvalidInput when there is no readable header.
    """
    lines = _Lines(stream)
    named = None
    while True:
        line = lines.take()
        if line is None:
            raise InvalidInput("The file is empty.", mend="Its first row names the columns.")
        if isinstance(line, _Bad):
            raise InvalidInput(f"Line {lines.number}: {line.reason}", mend=line.mend)
        if line.lower().startswith("sep=") and lines.number == 1 and len(line.strip()) == 5:
            named = line.strip()[4]
        elif line.strip(" \t\r\n,;|"):
            break
    lines.give_back([line])
    delimiter = named or _delimiter(line)
    header_line = lines.number + 1
    header = _Rows(lines, delimiter).next_record()
    if not isinstance(header, list):
        reason = header.reason if header is not None else "The file ends here."
        raise InvalidInput(f"Line {header_line}: {reason}", mend="Its first row names the columns.")
    return Sheet(header, header_line, delimiter, iter(_Rows(lines, delimiter, width=len(header))))


@dataclass(frozen=True, slots=True)
class _Bad:
    """A line that is no text."""

    reason: str
    mend: str = ""
    cut: bool = False


class _Lines:
    """Lines with their numbers, never more of a line in memory than LONGEST_LINE; can be given back."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._back: list[str | _Bad] = []
        self.number = 0
        self.ended_whole = True

    def take(self) -> str | _Bad | None:
        """The next line with its end, or None at the end of the file."""
        if self._back:
            self.number += 1
            return self._back.pop()
        raw = self._stream.readline(LONGEST_LINE + 1)
        if not raw:
            return None
        if self.number == 0 and raw.startswith(_WIDE_MARKS):
            raise InvalidInput("The file is UTF-16.", mend="Save it as “CSV UTF-8”.")
        if self.number == 0:
            raw = raw.removeprefix(_MARK)
        self.number += 1
        self.ended_whole = raw.endswith((b"\n", b"\r"))
        if len(raw) > LONGEST_LINE:
            self._skip_line(raw)
            return _Bad(_TOO_LONG, _old_ends(raw))
        if b"\0" in raw:
            return _Bad("The row holds a NUL byte.", "Save the file again from the program it came from.")
        try:
            return raw.decode()
        except UnicodeDecodeError:
            return _Bad("The row is not UTF-8.", "Save the file as “CSV UTF-8”.")

    @property
    def cut_off(self) -> bool:
        """Whether the last line of the file was just taken and has no end."""
        return not self.ended_whole and not self._back

    def give_back(self, lines: list[str | _Bad]) -> None:
        """Let lines be taken again, in the same order."""
        self._back.extend(reversed(lines))
        self.number -= len(lines)

    def _skip_line(self, raw: bytes) -> None:
        while raw and not raw.endswith(b"\n"):
            raw = self._stream.readline(_SKIP)
        self.ended_whole = bool(raw)


class _Stuck(Exception):  # never leaves this module; it ends a record from inside the csv reader
    """The record under way cannot be finished."""

    def __init__(self, bad: _Bad) -> None:
        super().__init__(bad.reason)
        self.bad = bad


class _Rows:
    """Records of one or more lines.

    A quote that is never closed would swallow all rows after it. So when a record of several lines
    cannot be read, only its first line is given up and the others are read again on their own.
    """

    def __init__(self, lines: _Lines, delimiter: str, *, width: int = 0) -> None:
        self._lines = lines
        self._width = width
        self._number = 0
        self._taken: list[str | _Bad] = []
        self._size = 0
        self._reader = csv.reader(self._feed(), delimiter=delimiter, strict=True)
        self._delimiter = delimiter

    def __iter__(self) -> Iterator[Row | BadRow]:
        while True:
            line = self._lines.number + 1
            record = self.next_record()
            if record is None:
                return
            if isinstance(record, _Bad):
                self._number += 1
                yield BadRow(
                    self._number, line, record.reason, record.mend, cut=record.cut or self._lines.cut_off
                )
            elif any(record):
                self._number += 1
                yield self._row(record, line)

    def next_record(self) -> list[str] | _Bad | None:
        """The cells of the next record; None at the end of the file."""
        self._taken, self._size = [], 0
        try:
            return next(self._reader)
        except StopIteration:
            return None
        except _Stuck as stuck:
            return self._give_up(stuck.bad)
        except csv.Error as error:
            return self._give_up(_quoting(error))

    def _row(self, record: list[str], line: int) -> Row | BadRow:
        if len(record) == self._width:
            return Row(self._number, line, record)
        last = self._lines.cut_off and len(record) < self._width
        reason = f"The row has {len(record)} fields and the header {self._width}."
        mend = (
            "The file seems to be cut here: get it again."
            if last
            else "Put quotes around fields with a delimiter."
        )
        return BadRow(self._number, line, reason, mend, cut=last)

    def _feed(self) -> Iterator[str]:
        while True:
            line = self._lines.take()
            if line is None:
                return
            self._taken.append(line)
            if isinstance(line, _Bad):
                raise _Stuck(line)
            self._size += len(line)
            if self._size > LONGEST_ROW and len(self._taken) > 1:
                raise _Stuck(_Bad("The row never ends.", "A quote that is opened here is not closed."))
            yield line

    def _give_up(self, bad: _Bad) -> _Bad:
        """Read all but the first line again. A generator that raised is over, hence a new reader."""
        self._lines.give_back(self._taken[1:])
        self._reader = csv.reader(self._feed(), delimiter=self._delimiter, strict=True)
        return bad if isinstance(self._taken[0], str) else self._taken[0]


_TOO_LONG = f"The row is longer than {LONGEST_LINE // 1024} KiB."
_OLD_ENDS = "Its lines end as on an old Mac: save it as “CSV UTF-8”."
_NO_QUOTE = "The quote that opens in this row is not closed rightly."


def _old_ends(raw: bytes) -> str:
    return _OLD_ENDS if raw.count(b"\r") > 1 else "No contact needs so much: look at the row."


def _quoting(error: csv.Error) -> _Bad:
    words = str(error)
    if "unexpected end" in words:
        return _Bad("The file ends inside a quoted field that begins in this row.", _CLOSE_IT, cut=True)
    if "new-line" in words:
        return _Bad("The row holds a bare carriage return.", _OLD_ENDS)
    return _Bad(_NO_QUOTE, "Write a quote inside a quoted field twice.")


_CUT_MEND = "The file seems to be cut here: get it again."
_WIDTH_MEND = "Each row has as many fields as the header; quote those that hold a delimiter."
_CLOSE_IT = "Close the quote; or the file is cut: get it again."


def _delimiter(header: str) -> str:
    """The one that the header has most of, outside quotes."""
    plain = "".join(header.split('"')[::2])
    return max(_DELIMITERS, key=plain.count) if any(one in plain for one in _DELIMITERS) else ","
