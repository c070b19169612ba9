"""Does every file keep the rules of the house? Small checks on the syntax tree, each with its reason."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "responder"
SOURCES = sorted(path for path in PACKAGE.rglob("*.py") if "_shipped" not in path.parts)
INNER = [path for path in SOURCES if path.relative_to(PACKAGE).parts[0] in ("core", "engine")]
MODULES = [path for path in SOURCES if "versions" not in path.parts]

LONGEST_FILE = 450
# “Base” alone is a word of the playbook language: what a moment is counted from
FORBIDDEN_NAMES = re.compile(r"(Manager|Helper|Util|Utils|Service|.Base|Handler|Data|Info)$")
CLOCKS = {"now", "utcnow", "today", "time", "time_ns", "monotonic"}
UNFINISHED = re.compile(r"\b(TODO|FIXME|XXX|NotImplementedError)\b|pragma: no cover|type: ignore(?!\[)")
MAY_CATCH_WIDELY = {"scheduler/clock.py", "scheduler/queue.py"}


def _name(path: Path) -> str:
    return path.relative_to(PACKAGE).as_posix()


def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_a_file_says_in_one_line_what_it_answers(path: Path) -> None:
    if not path.read_text(encoding="utf-8").strip():
        pytest.fail(f"{_name(path)} is empty: say what the room is for, or remove it.")
    first = (ast.get_docstring(_tree(path)) or "").split("\n")[0]
    assert first.endswith((".", "?")), f"{_name(path)}: the first line is one sentence."


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_a_file_fits_its_room(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").count("\n")
    assert lines <= LONGEST_FILE, f"{_name(path)} has {lines} lines: split it by noun."


@pytest.mark.parametrize("path", SOURCES, ids=_name)
def test_nothing_is_left_unfinished(path: Path) -> None:
    found = [f"{number}: {line.strip()}" for number, line in _lines(path) if UNFINISHED.search(line)]
    assert not found, f"{_name(path)}: {found}"


@pytest.mark.parametrize("path", SOURCES, ids=_name)
def test_a_class_is_named_for_what_it_is(path: Path) -> None:
    classes = [node.name for node in ast.walk(_tree(path)) if isinstance(node, ast.ClassDef)]
    assert not [name for name in classes if FORBIDDEN_NAMES.search(name)]


@pytest.mark.parametrize("path", SOURCES, ids=_name)
def test_only_loops_that_must_outlive_an_item_catch_everything(path: Path) -> None:
    if _name(path) in MAY_CATCH_WIDELY:
        return
    wide = [
        node.lineno
        for node in ast.walk(_tree(path))
        if isinstance(node, ast.ExceptHandler) and _catches_everything(node)
    ]
    assert not wide, f"{_name(path)} catches everything at line {wide}."


@pytest.mark.parametrize("path", INNER, ids=_name)
def test_core_and_engine_are_told_the_time_and_never_look(path: Path) -> None:
    calls = [
        node.lineno
        for node in ast.walk(_tree(path))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in CLOCKS
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id in {"datetime", "date", "time"}
    ]
    assert not calls, f"{_name(path)} reads a clock at line {calls}; take the time as a parameter."


@pytest.mark.parametrize("path", INNER, ids=_name)
def test_core_and_engine_make_no_chance_and_open_no_file(path: Path) -> None:
    names = {
        alias.name.split(".")[0]
        for node in ast.walk(_tree(path))
        if isinstance(node, ast.Import)
        for alias in node.names
    } | {
        (node.module or "").split(".")[0]
        for node in ast.walk(_tree(path))
        if isinstance(node, ast.ImportFrom)
    }
    assert not names & {"random", "secrets", "uuid", "os", "pathlib", "logging"}


@pytest.mark.parametrize("path", SOURCES, ids=_name)
def test_a_public_boolean_is_named_when_it_is_handed_over(path: Path) -> None:
    offenders = [
        f"{function.name}({argument.arg})"
        for function in _public_functions(path)
        for argument in function.args.args
        if isinstance(argument.annotation, ast.Name) and argument.annotation.id == "bool"
    ]
    assert not offenders, f"{_name(path)}: make {offenders} keyword-only."


def test_no_path_of_a_machine_and_no_registry_address_is_in_a_text_file() -> None:
    bad = re.compile(r"/(?:work|root|farm)/|https?://[a-z.]*(?:pypi|pythonhosted|npmjs)\.")
    suffixes = {".py", ".md", ".toml", ".yaml", ".yml", ".txt", ".j2", ".po", ".css", ".html", ""}
    skipped = {".venv", ".git", ".hypothesis", "var", "build", "dist", "vendor"}
    for path in ROOT.rglob("*"):
        if skipped & set(path.relative_to(ROOT).parts) or not path.is_file() or path.suffix not in suffixes:
            continue
        if path == Path(__file__) or any(part.endswith("_cache") for part in path.parts):
            continue
        text = path.read_text(encoding="utf-8", errors="ignore")
        assert not bad.search(text), f"{path.relative_to(ROOT)}: {bad.search(text)}"


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    return iter(enumerate(path.read_text(encoding="utf-8").splitlines(), 1))


def _catches_everything(handler: ast.ExceptHandler) -> bool:
    wide = {"Exception", "BaseException"}
    return handler.type is None or (isinstance(handler.type, ast.Name) and handler.type.id in wide)


def _public_functions(path: Path) -> Iterator[ast.FunctionDef]:
    for node in ast.walk(_tree(path)):
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            yield node
