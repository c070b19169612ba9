"""Which HTML of a statement may stand on a page? The plain marks of a text, and nothing that acts."""

from __future__ import annotations

from html import escape
from html.parser import HTMLParser

from markupsafe import Markup

__all__ = ["safe_html"]

_TAGS = {
    "a": ("href", "hreflang"),
    "abbr": ("title",),
    "b": (),
    "bdi": (),
    "blockquote": (),
    "br": (),
    "dd": (),
    "dl": (),
    "dt": (),
    "em": (),
    "h2": (),
    "h3": (),
    "i": (),
    "li": (),
    "ol": (),
    "p": (),
    "section": (),
    "small": (),
    "span": (),
    "strong": (),
    "time": ("datetime",),
    "ul": (),
}
_ALWAYS = ("lang", "dir")
_ALONE = {"br"}
_DROPPED_WHOLE = {"script", "style", "template", "iframe", "object", "svg", "math", "title", "head"}
_SCHEMES = ("https:", "http:", "tel:", "mailto:", "sms:")


def safe_html(text: str, *, untitled: bool = False) -> Markup:
    """The text with every tag, attribute and address removed that is not on the short list; tags closed.

    A title (h1) becomes a heading below the page's own; with `untitled` it goes away.
    """
    cleaner = _Cleaner(dropped=_DROPPED_WHOLE | ({"h1"} if untitled else set()))
    cleaner.feed(text)
    cleaner.close()
    return Markup(cleaner.result())  # noqa: S704  # built from escaped text and listed tags only


class _Cleaner(HTMLParser):
    def __init__(self, *, dropped: set[str]) -> None:
        super().__init__(convert_charrefs=True)
        self._dropped = dropped
        self._out: list[str] = []
        self._open: list[str] = []
        self._muted = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in self._dropped:
            self._muted += 1
        tag = "h2" if tag == "h1" else tag
        if self._muted or tag not in _TAGS:
            return
        kept = "".join(
            f' {name}="{escape(value or "", quote=True)}"'
            for name, value in attrs
            if name in (*_TAGS[tag], *_ALWAYS) and _harmless(name, value or "")
        )
        self._out.append(f"<{tag}{kept}>")
        if tag not in _ALONE:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in self._dropped:
            self._muted = max(0, self._muted - 1)
            return
        tag = "h2" if tag == "h1" else tag
        if self._muted or tag not in self._open:
            return
        while self._open:
            last = self._open.pop()
            self._out.append(f"</{last}>")
            if last == tag:
                break

    def handle_data(self, data: str) -> None:
        if not self._muted:
            self._out.append(escape(data, quote=False))

    def result(self) -> str:
        closing = "".join(f"</{tag}>" for tag in reversed(self._open))
        return "".join(self._out) + closing


def _harmless(name: str, value: str) -> bool:
    if name != "href":
        return True
    address = value.strip().lower()
    return address.startswith(_SCHEMES) or (address.startswith("/") and not address.startswith(("//", "/\\")))
