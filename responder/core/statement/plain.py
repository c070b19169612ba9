"""What does a reader of HTML see? Its words without tags, and its first heading."""

from __future__ import annotations

import re
from functools import lru_cache
from html.parser import HTMLParser

__all__ = ["heading_of", "links_of", "text_of_html", "unseen_in_html"]

_BLOCK_TAGS = """
address article aside blockquote br dd div dl dt footer h1 h2 h3 h4 h5 h6 header hr li main nav ol p pre
section table tr ul
"""
_BREAKS = frozenset(_BLOCK_TAGS.split())
_UNSEEN = frozenset({"script", "style", "head", "title", "template"})


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self.headings: list[str] = []
        self.links: list[str] = []
        self.unseen: list[str] = []
        self._hidden = 0
        self._heading: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._hidden += tag in _UNSEEN
        if tag in _BREAKS:
            self.pieces.append("\n")
        if tag == "li":
            self.pieces.append("- ")
        if tag in ("h1", "h2"):
            self._heading = []
        self.unseen += [value for _, value in attrs if value]
        self.links += [value for name, value in attrs if name in ("href", "src") and value]

    def handle_endtag(self, tag: str) -> None:
        self._hidden -= tag in _UNSEEN and self._hidden > 0
        if tag in _BREAKS:
            self.pieces.append("\n")
        if tag in ("h1", "h2") and self._heading is not None:
            self.headings.append("".join(self._heading))
            self._heading = None

    def handle_comment(self, data: str) -> None:
        self.unseen.append(data)

    def handle_data(self, data: str) -> None:
        if self._hidden:
            self.unseen.append(data)
            return
        self.pieces.append(re.sub(r"\s+", " ", data))
        if self._heading is not None:
            self._heading.append(data)


def text_of_html(html: str) -> str:
    """The words of HTML, one line a block."""
    read = _read(html)
    lines = [" ".join(line.split()) for line in "".join(read.pieces).split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(line for line in lines if line)).strip()


def heading_of(html: str) -> str:
    """The first heading, empty when there is none."""
    found = _read(html).headings
    return " ".join(found[0].split()) if found else ""


def links_of(html: str) -> tuple[str, ...]:
    """Every address that HTML points to."""
    return tuple(_read(html).links)


def unseen_in_html(html: str) -> str:
    """What stands in HTML beside its words, a line each: attributes, comments, what is hidden."""
    return "\n".join(_read(html).unseen)


@lru_cache(maxsize=256)
def _read(html: str) -> _Reader:
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader
