"""What is missing before the program may go live? One line a question, each with its mend."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from responder.app.running import city_of
from responder.app.settings import KEY_FILE
from responder.app.wiring import Installation
from responder.core.city import City
from responder.core.errors import ResponderError, Unparsable
from responder.core.playbook import PlaybookKind, parse_playbook
from responder.core.terms import Channel
from responder.db.migrations import head, revision_of

__all__ = ["Answer", "Verdict", "examine"]

_ENOUGH_BYTES = 500 * 1024 * 1024


class Verdict(StrEnum):
    """How one question was answered."""

    OK = "ok"
    MISSING = "missing"
    """Live use needs it; an exercise does not."""
    BROKEN = "broken"
    """Nothing works without it."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One question, its answer and what to do about it."""

    question: str
    verdict: Verdict
    words: str
    mend: str = ""


def examine(installation: Installation) -> tuple[Answer, ...]:
    """Every question, also after one that is answered badly."""
    return tuple(answer for ask in _QUESTIONS for answer in _guarded(ask, installation))


def _guarded(ask: Callable[[Installation], Iterator[Answer]], installation: Installation) -> Iterator[Answer]:
    try:
        yield from ask(installation)
    except ResponderError as error:
        question = (ask.__doc__ or "").rstrip(".")
        yield Answer(question, Verdict.BROKEN, error.message.split("\n")[0], error.mend)


def _python(_installation: Installation) -> Iterator[Answer]:
    """Python."""
    yield Answer("Python", Verdict.OK, sys.version.split()[0])


def _database(installation: Installation) -> Iterator[Answer]:
    """Database."""
    have, want = revision_of(installation.engine), head()
    if have == want:
        yield Answer("Database", Verdict.OK, f"{installation.engine.dialect.name}, revision {have}")
    else:
        words = f"revision {have or 'none'}, the program wants {want}"
        yield Answer("Database", Verdict.BROKEN, words, "Run: responder db upgrade.")
    free = shutil.disk_usage(installation.settings.data_dir.resolve()).free
    if free < _ENOUGH_BYTES:
        yield Answer("Disk", Verdict.MISSING, f"{free // 2**20} MB free", "Free some space.")


def _key(installation: Installation) -> Iterator[Answer]:
    """Secret key."""
    settings = installation.settings
    beside = not settings.secret_key.get_secret_value() and (settings.data_dir / KEY_FILE).exists()
    if beside:
        words = "it lies beside the data that it protects"
        yield Answer("Secret key", Verdict.MISSING, words, "Set RESPONDER_SECRET_KEY_FILE to another place.")
    else:
        yield Answer("Secret key", Verdict.OK, "set, apart from the data")


def _city(installation: Installation) -> Iterator[Answer]:
    """City file."""
    city = city_of(installation)
    yield Answer("City file", Verdict.OK, f"{city.name}, {city.zone}, {', '.join(city.languages.required)}")


def _playbooks(installation: Installation) -> Iterator[Answer]:
    """Playbooks."""
    content = installation.ports.content
    held = installation_roles(installation)
    for name in content.playbooks():
        try:
            playbook = parse_playbook(name, content.playbook)
        except Unparsable as error:
            count = len(error.problems)
            yield Answer(
                f"Playbook {name}", Verdict.BROKEN, f"{count} problems", f"responder playbook check {name}"
            )
            continue
        if playbook.kind is PlaybookKind.MODULE:
            continue
        empty = [role.title for id_, role in playbook.roles.items() if role.required and id_ not in held]
        if empty:
            words = f"nobody holds {', '.join(empty)}"
            yield Answer(f"Playbook {name}", Verdict.MISSING, words, "responder user add --name … --role …")
        else:
            yield Answer(f"Playbook {name}", Verdict.OK, f"version {playbook.version}")


def installation_roles(installation: Installation) -> frozenset[str]:
    """The playbook roles that somebody holds."""
    with installation.ports.store.read() as work:
        return frozenset(role for role, people in work.people.roster().holders.items() if people)


def _providers(installation: Installation) -> Iterator[Answer]:
    """Providers."""
    live, settings = installation.ports.live, installation.settings
    if Channel.EMAIL in live:
        yield Answer("Mail server", Verdict.OK, f"from {settings.email_from}")
    else:
        yield Answer(
            "Mail server", Verdict.MISSING, "not set", "Set RESPONDER_SMTP_URL and RESPONDER_EMAIL_FROM."
        )
    if Channel.SMS in live:
        yield Answer("SMS", Verdict.OK, "Twilio")
    else:
        yield Answer("SMS", Verdict.MISSING, "not set", "Set the RESPONDER_TWILIO_… variables.")
    if settings.public_url.startswith("https://"):
        yield Answer("Public address", Verdict.OK, settings.public_url)
    else:
        words = settings.public_url or "not set"
        yield Answer(
            "Public address", Verdict.MISSING, words, "Set RESPONDER_PUBLIC_URL to an https address."
        )


def _domains(installation: Installation) -> Iterator[Answer]:
    """Links in messages."""
    city: City = city_of(installation)
    host = installation.settings.public_url.split("://")[-1].split("/")[0].split(":")[0]
    fits = any(host == domain or host.endswith("." + domain) for domain in city.domains)
    if host and not fits:
        words = f"{host} is not one of the city's domains"
        yield Answer("Links", Verdict.MISSING, words, "Add it to `domains` in the city file.")


_QUESTIONS: tuple[Callable[[Installation], Iterator[Answer]], ...] = (
    _python,
    _key,
    _database,
    _city,
    _playbooks,
    _providers,
    _domains,
)
