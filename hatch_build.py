"""Copy htmx and its server-sent-events extension from the django-htmx wheel at build time."""

from __future__ import annotations

import importlib.util
import shutil
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

VENDORED = {"htmx-4.min.js": "htmx.min.js", "ext/hx-sse-4.min.js": "hx-sse.min.js"}


class CopyHtmx(BuildHookInterface):  # type: ignore[type-arg]
    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002  # hatchling calls it so
        spec = importlib.util.find_spec("django_htmx")
        if spec is None or spec.origin is None:
            raise RuntimeError("django-htmx is not in the build environment.")
        source = Path(spec.origin).parent / "static" / "django_htmx"
        target = Path(self.root) / "responder" / "web" / "static" / "vendor"
        target.mkdir(parents=True, exist_ok=True)
        for name, ours in VENDORED.items():
            shutil.copyfile(source / name, target / ours)
        build_data["artifacts"].append("responder/web/static/vendor/*.js")
