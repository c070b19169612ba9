"""Does a file fit its model? Nodes become a value, or every problem at its place with its mend."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TypeVar, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from responder.core.errors import Place, Problem, Unparsable
from responder.core.reading.nodes import (
    Fields,
    Node,
    Path,
    Scalar,
    data_of,
    node_at,
    place_at,
    place_of_key,
    walk,
)

__all__ = ["build", "did_you_mean", "problems_of", "try_build"]

Model = TypeVar("Model", bound=BaseModel)


def build(model: type[Model], node: Node) -> Model:
    """The value that the nodes describe. Raises Unparsable with all problems."""
    value, problems = try_build(model, node)
    if value is None:
        raise Unparsable(problems)
    return value


def try_build(model: type[Model], node: Node) -> tuple[Model | None, tuple[Problem, ...]]:
    """The value and no problems, or None and all problems."""
    unsaid = tuple(_unsaid(node, model))
    try:
        value = model.model_validate(data_of(node), by_alias=True, by_name=False)
    except ValidationError as error:
        return None, tuple(sorted({*unsaid, *problems_of(error, node, model)}))
    return (None if unsaid else value), unsaid


def _unsaid(root: Node, model: type[BaseModel]) -> Iterator[Problem]:
    """What validation cannot see: keys with no value that are unknown, or would be an empty thing.

    A key of ours, in round brackets, is never a key of a file.
    """
    for path, node in walk(root):
        if not path or not isinstance(path[-1], str):
            continue
        if path[-1].startswith("("):
            yield _unknown_key(path, root, model)
        elif isinstance(node, Scalar) and node.text is None:
            known = _known_keys(model, path[:-1])
            if known is None:
                said = f"“{path[-1]}” has no value, and there is nothing it could delete."
                yield Problem(
                    place_of_key(root, path), "unused-delete", said, "Write its value, or leave it out."
                )
            elif path[-1] not in known:
                yield _unknown_key(path, root, model)


def problems_of(error: ValidationError, node: Node, model: type[BaseModel]) -> tuple[Problem, ...]:
    """The problems of a failed validation, each at the place of the very value."""
    found = [_problem(detail, node, model) for detail in error.errors(include_url=False)]
    return tuple(sorted(dict.fromkeys(found)))


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A mend that names the nearest known word, or the known ones when they are few."""
    choices = sorted(set(known))
    near = difflib.get_close_matches(word, choices, n=1, cutoff=0.6)
    if near:
        return f"Did you mean {near[0]}?"
    if choices and len(choices) <= _FEW:
        return f"Known here: {', '.join(choices)}."
    return ""


_FEW = 12
_WORDS: Mapping[str, tuple[str, str, str]] = {
    "missing": ("missing-key", "“{key}” is missing.", "Add it."),
    "string_type": ("wrong-type", "Text is expected here.", "Write one value, no list and no keys."),
    "dict_type": ("wrong-type", "Keys and values are expected here.", "Write key: value below it."),
    "model_type": ("wrong-type", "Keys and values are expected here.", "Write key: value below it."),
    "model_attributes_type": (
        "wrong-type",
        "Keys and values are expected here.",
        "Write key: value below it.",
    ),
    "int_parsing": ("wrong-type", "“{input}” is not a whole number.", "Write digits only."),
    "int_type": ("wrong-type", "A whole number is expected here.", "Write digits only."),
    "float_parsing": ("wrong-type", "“{input}” is not a number.", "Write digits."),
    "float_type": ("wrong-type", "A number is expected here.", "Write digits."),
    "bool_parsing": ("wrong-type", "“{input}” is neither true nor false.", "Write true or false."),
    "bool_type": ("wrong-type", "true or false is expected here.", "Write true or false."),
    "string_pattern_mismatch": ("bad-value", "“{input}” cannot stand here.", "It must look like {pattern}."),
    "greater_than_equal": ("bad-value", "“{input}” is too small.", "It must be {ge} or more."),
    "greater_than": ("bad-value", "“{input}” is too small.", "It must be more than {gt}."),
    "less_than_equal": ("bad-value", "“{input}” is too large.", "It must be {le} or less."),
}


def _problem(detail: ErrorDetails, root: Node, model: type[BaseModel]) -> Problem:
    path = tuple(part for part in detail["loc"] if part != "[key]")
    context: Mapping[str, Any] = detail.get("ctx", {})
    kind, said = detail["type"], detail["input"]
    if kind == "extra_forbidden":
        return _unknown_key(path, root, model)
    if "said" in context:
        place = place_of_key(root, path) if "[key]" in detail["loc"] else place_at(root, path, context["at"])
        return Problem(place, kind, context["said"], context["mend"])
    if kind in ("enum", "literal_error"):
        return _not_a_choice(place_at(root, path), str(said), str(context["expected"]))
    rule, message, mend = _WORDS.get(kind, ("bad-value", detail["msg"] + ".", "See the reference."))
    words = {"input": said, "key": path[-1] if path else "", **context}
    place = place_of_key(root, path[:-1]) if kind == "missing" else place_at(root, path)
    return Problem(place, rule, message.format(**words), mend.format(**words))


def _unknown_key(path: Path, root: Node, model: type[BaseModel]) -> Problem:
    key = str(path[-1])
    known = _known_keys(model, path[:-1]) or set()
    siblings = node_at(root, path[:-1])
    taken = set(siblings.values) if isinstance(siblings, Fields) else set()
    mend = did_you_mean(key, known - taken) or did_you_mean(key, known) or "The reference lists the keys."
    return Problem(place_of_key(root, path), "unknown-key", f"“{key}” is not a key here.", mend)


def _not_a_choice(place: Place, said: str, expected: str) -> Problem:
    choices = [word.strip(" '") for word in expected.replace(" or ", ",").split(",")]
    mend = did_you_mean(said, choices) or f"Write one of {', '.join(choices)}."
    if mend.startswith("Did") and len(choices) <= _FEW:
        mend += f" It is one of {', '.join(choices)}."
    return Problem(place, "unknown-choice", f"“{said}” cannot stand here.", mend)


def _known_keys(model: type[BaseModel], path: Path) -> set[str] | None:
    """The keys a file may write at a path, followed through the model; None where a map takes any key."""
    here: Any = model
    for part in path:
        found = _model_in(here)
        if isinstance(found, type) and isinstance(part, str):
            here = _keys(found).get(part, Any)
        else:
            here = _value_of(here, part)
    found = _model_in(here)
    return {key for key in _keys(found) if not key.startswith("(")} if isinstance(found, type) else None


def _keys(model: type[BaseModel]) -> dict[str, Any]:
    return {info.alias or name: info.annotation for name, info in model.model_fields.items()}


def _model_in(annotation: Any) -> type[BaseModel] | None:  # a type, of which typing has no type
    """The model that a map at this annotation is, through options, lists and marks; not through maps."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    if get_origin(annotation) is dict:
        return None
    found = (_model_in(inner) for inner in get_args(annotation))
    return next((model for model in found if model is not None), None)


def _value_of(annotation: Any, part: str | int) -> Any:  # the same
    """The annotation one step inside: of a map's values; a step into a list stays where it is."""
    if isinstance(part, int):
        return annotation
    if get_origin(annotation) is dict:
        return get_args(annotation)[1]
    inner = (_value_of(each, part) for each in get_args(annotation))
    return next((each for each in inner if each is not Any), Any)
