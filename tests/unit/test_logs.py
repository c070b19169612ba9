"""Does a log line keep to itself what a library's error quotes?"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import structlog

from responder.app.logs import set_up_logs
from responder.app.settings import load_settings
from responder.core.errors import NotFound, ResponderError, Unavailable


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    yield
    structlog.reset_defaults()


def _logged(error: Exception, form: str, capsys: pytest.CaptureFixture[str]) -> str:
    set_up_logs(load_settings(log_format=form))
    recipient = "+44 7700 900123"
    try:
        raise error
    except (ResponderError, ValueError):
        structlog.get_logger().exception("a job failed", job="parcel-1")
    said = capsys.readouterr().err
    assert recipient not in said
    return said


@pytest.mark.parametrize("form", ["text", "json"])
def test_an_error_of_a_library_is_named_without_its_words(
    form: str, capsys: pytest.CaptureFixture[str]
) -> None:
    said = _logged(ValueError("550 +44 7700 900123: Hello Ana"), form, capsys)
    assert "ValueError" in said
    assert "test_logs.py" in said
    assert "Ana" not in said
    assert said.count("\n") == 1


def test_our_own_errors_say_what_to_do(capsys: pytest.CaptureFixture[str]) -> None:
    said = _logged(Unavailable("The database is full.", mend="Free space."), "text", capsys)
    assert "The database is full." in said
    assert "Free space." in said


def test_our_errors_that_quote_what_was_given_stay_silent(capsys: pytest.CaptureFixture[str]) -> None:
    assert "Ana" not in _logged(NotFound("There is nobody called “Ana”."), "json", capsys)
