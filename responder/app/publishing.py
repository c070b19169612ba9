"""How do the public pages become files that any web server can show?"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from responder.web.rendering import STATIC

__all__ = ["write_pages"]

_ASSET = re.compile(r"/static/([A-Za-z0-9._/-]+)")
_PUBLIC = "public"


def write_pages(pages: Iterable[tuple[str, str]], folder: Path) -> list[str]:
    """Write (path, HTML) below a folder, with the style sheets they name; returns the paths written.

    1. A page without an ending becomes `…/index.html`: its address stays what links say.
    2. The first page is also the entrance, `public/index.html`.
    3. Each file appears under its name only when it is whole.
    4. Pages of earlier runs that are public no longer go; nothing else in the folder is touched.
    """
    written: list[str] = []
    assets: set[str] = set()
    for path, html in pages:
        names = [path if path.endswith(".html") else f"{path}/index.html"]
        if not written:
            names.append(f"{_PUBLIC}/index.html")
        for name in names:
            _put(folder / name, html)
        written += names
        assets.update(_ASSET.findall(html))
    for asset in sorted(assets):
        _put(folder / "static" / asset, (STATIC / asset).read_text(encoding="utf-8"))
        written.append(f"static/{asset}")
    kept = {folder / name for name in written}
    for page in [*(folder / _PUBLIC).glob("*/**/index.html")]:
        if page not in kept:
            page.unlink()
    return written


def _put(target: Path, html: str) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f".{target.name}.part")
    part.write_text(html, encoding="utf-8")
    part.replace(target)
