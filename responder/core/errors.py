"""What can go wrong, as one tree: every error says what happened and what to do now.

ResponderError
├── InvalidInput      what was given cannot be used (exit code 1, page 400)
│   └── Unparsable    a file has problems; carries all of them
├── NotFound          the thing named is not there (exit code 1, page 404)
├── Conflict          somebody else was faster; read again and decide again (exit code 1, page 409)
├── Refused           a rule of the house forbids it (exit code 3, page 403)
└── Unavailable       a database, provider or file cannot be used now (exit code 1, page 503)
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = [
    "Conflict",
    "InvalidInput",
    "NotFound",
    "Place",
    "Problem",
    "Refused",
    "ResponderError",
    "Unavailable",
    "Unparsable",
]


class ResponderError(Exception):
    """The root of every error that Responder raises on purpose."""

    def __init__(self, message: str, *, mend: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.mend = mend

    def __str__(self) -> str:
        return f"{self.message} {self.mend}".strip()


class InvalidInput(ResponderError):
    """What was given cannot be used."""


class NotFound(ResponderError):
    """The thing named is not there."""


class Conflict(ResponderError):
    """Somebody else was faster: read again, decide again."""


class Refused(ResponderError):
    """A rule of the house forbids it, whoever asks."""


class Unavailable(ResponderError):
    """A database, a provider or a file cannot be used now; nothing was lost."""


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A place in a file; `line` and `column` count from 1, 0 means the whole file."""

    file: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}" if self.line else self.file


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing wrong in a file, where it stands, and the mend.

    `rule` is a stable word such as `unknown-key`; `advice` marks what may stay as it is.
    """

    place: Place
    rule: str
    message: str
    mend: str = ""
    advice: bool = False

    def __str__(self) -> str:
        return f"{self.place}: {self.message} {self.mend}".strip()


class Unparsable(InvalidInput):
    """A file has problems; `problems` holds all of them, in the order of the file."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        self.problems = tuple(sorted(problems))
        count = len(self.problems)
        noun = "problem" if count == 1 else "problems"
        super().__init__(f"{count} {noun}:\n" + "\n".join(map(str, self.problems)))
