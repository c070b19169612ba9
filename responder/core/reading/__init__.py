"""How is a YAML file read so that every scalar stays text and every problem has its place?

`read(text, file)` gives nodes, `build(model, node)` gives the value of a pydantic model whose
fields come from this room (`Form`, `Id`, `Many`, `Length`, …). Both raise Unparsable with *all* problems.
"""

from __future__ import annotations

from responder.core.reading.building import build, did_you_mean, problems_of, try_build
from responder.core.reading.fields import (
    Day,
    Form,
    Id,
    Keyed,
    Language,
    Length,
    Many,
    Quiet,
    keyed,
    one_is_a_list,
    text_of,
    wrong,
)
from responder.core.reading.nodes import (
    Fields,
    Items,
    Node,
    Path,
    Scalar,
    data_of,
    node_at,
    place_at,
    place_of_key,
    walk,
)
from responder.core.reading.yaml import read, try_read

__all__ = [
    "Day",
    "Fields",
    "Form",
    "Id",
    "Items",
    "Keyed",
    "Language",
    "Length",
    "Many",
    "Node",
    "Path",
    "Quiet",
    "Scalar",
    "build",
    "data_of",
    "did_you_mean",
    "keyed",
    "node_at",
    "one_is_a_list",
    "place_at",
    "place_of_key",
    "problems_of",
    "read",
    "text_of",
    "try_build",
    "try_read",
    "walk",
    "wrong",
]
