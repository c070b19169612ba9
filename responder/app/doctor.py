"""What is missing before the program may go live? One line a question, each with its mend."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar
from urllib.parse import urlsplit

from pydantic import SecretStr

from responder.app.running import city_of
from responder.app.settings import Settings, load_settings, unknown_names
from responder.app.wiring import Installation, install, live_carriers
from responder.core.errors import ResponderError, Unparsable
from responder.core.playbook import PlaybookKind, parse_playbook
from responder.core.terms import Channel
from responder.db.engine import in_memory
from responder.db.migrations import head, require_current, revision_of

__all__ = ["Answer", "Verdict", "examine"]

_Asked = TypeVar("_Asked")
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


def examine() -> tuple[Answer, ...]:
    """Every question, also after one that is answered badly. Makes nothing, not even a database."""
    try:
        settings = load_settings()
    except ResponderError as error:
        return (_broken("Settings", error),)
    answers = [answer for ask in _OF_SETTINGS for answer in _guarded(ask, settings)]
    installation = install(_sound(settings))
    try:
        answers += [answer for ask in _OF_INSTALLATION for answer in _guarded(ask, installation)]
    finally:
        installation.close()
    return tuple(answers)


def _guarded(ask: Callable[[_Asked], Iterator[Answer]], asked: _Asked) -> Iterator[Answer]:
    try:
        yield from ask(asked)
    except ResponderError as error:
        yield _broken((ask.__doc__ or "").rstrip("."), error)


def _broken(question: str, error: ResponderError) -> Answer:
    return Answer(question, Verdict.BROKEN, error.message, error.mend.strip())


def _sound(settings: Settings) -> Settings:
    """The same without what cannot be used, so that the other questions can be asked."""
    left_out: dict[str, object] = {"smtp_url": SecretStr(""), "twilio_auth_token": SecretStr("")}
    if not settings.has_database:
        left_out["database_url"] = "sqlite://"
    try:
        settings.key  # noqa: B018  # it raises when there is none
    except ResponderError:
        left_out["secret_key"] = SecretStr("x" * 32)
    return settings.model_copy(update=left_out)


def _python(_settings: Settings) -> Iterator[Answer]:
    """Python."""
    yield Answer("Python", Verdict.OK, sys.version.split()[0])


def _names(_settings: Settings) -> Iterator[Answer]:
    """Settings."""
    for name, meant in unknown_names().items():
        mend = f"Is it {meant}?" if meant else "See docs/reference/environment.md."
        yield Answer("Settings", Verdict.MISSING, f"{name} is no setting, and is not read", mend)


def _key(settings: Settings) -> Iterator[Answer]:
    """Secret key."""
    settings.key  # noqa: B018  # it raises when there is none
    if not settings.secret_key.get_secret_value():
        words = "it lies beside the data that it protects"
        yield Answer("Secret key", Verdict.MISSING, words, "Set RESPONDER_SECRET_KEY_FILE to another place.")
    else:
        yield Answer("Secret key", Verdict.OK, "set, apart from the data")


def _database(installation: Installation) -> Iterator[Answer]:
    """Database."""
    if in_memory(installation.engine):
        yield Answer("Database", Verdict.BROKEN, "there is none", "Run: responder init.")
        return
    require_current(installation.engine)
    words = f"{installation.engine.dialect.name}, revision {revision_of(installation.engine)}"
    yield Answer("Database", Verdict.OK, words)
    if installation.engine.dialect.name != "sqlite":
        return
    free = shutil.disk_usage(installation.settings.data_dir.resolve()).free
    if free < _ENOUGH_BYTES:
        yield Answer("Disk", Verdict.MISSING, f"{free // 2**20} MB free", "Free some space.")


def _city(installation: Installation) -> Iterator[Answer]:
    """City file."""
    city = city_of(installation)
    yield Answer("City file", Verdict.OK, f"{city.name}, {city.zone}, {', '.join(city.languages.required)}")
    host = urlsplit(installation.settings.public_url).hostname or ""
    fits = any(host == domain or host.endswith("." + domain) for domain in city.domains)
    if host and not fits:
        words = f"{host} is not one of the city's domains"
        yield Answer("Links", Verdict.MISSING, words, "Add it to `domains` in the city file.")


def _playbooks(installation: Installation) -> Iterator[Answer]:
    """Playbooks."""
    content = installation.ports.content
    held = _held_roles(installation)
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
            mend = "responder user add --name … --role …"
            yield Answer(f"Playbook {name}", Verdict.MISSING, words, mend)
        else:
            yield Answer(f"Playbook {name}", Verdict.OK, f"version {playbook.version}")


def _held_roles(installation: Installation) -> frozenset[str]:
    """The playbook roles that somebody holds."""
    if revision_of(installation.engine) != head():
        return frozenset()
    with installation.ports.store.read() as work:
        return frozenset(role for role, people in work.people.roster().holders.items() if people)


def _mail(settings: Settings) -> Iterator[Answer]:
    """Mail server."""
    if settings.smtp_url.get_secret_value():
        live_carriers(settings.model_copy(update={"twilio_auth_token": SecretStr("")}))
        yield Answer("Mail server", Verdict.OK, f"from {settings.email_from}")
    else:
        mend = "Set RESPONDER_SMTP_URL and RESPONDER_EMAIL_FROM."
        yield Answer("Mail server", Verdict.MISSING, "not set", mend)


def _sms(settings: Settings) -> Iterator[Answer]:
    """SMS."""
    if Channel.SMS in live_carriers(settings.model_copy(update={"smtp_url": SecretStr("")})):
        yield Answer("SMS", Verdict.OK, "Twilio")
    elif settings.twilio_account_sid or settings.twilio_auth_token.get_secret_value():
        mend = "Set RESPONDER_TWILIO_ACCOUNT_SID and RESPONDER_TWILIO_AUTH_TOKEN."
        yield Answer("SMS", Verdict.BROKEN, "the account or its token is missing", mend)
    else:
        yield Answer("SMS", Verdict.MISSING, "not set", "Set the RESPONDER_TWILIO_… variables.")


def _address(settings: Settings) -> Iterator[Answer]:
    """Public address."""
    if settings.public_url.startswith("https://"):
        yield Answer("Public address", Verdict.OK, settings.public_url)
    else:
        words, mend = settings.public_url or "not set", "Set RESPONDER_PUBLIC_URL to an https address."
        yield Answer("Public address", Verdict.MISSING, words, mend)


_OF_SETTINGS: tuple[Callable[[Settings], Iterator[Answer]], ...] = (
    _python,
    _names,
    _key,
    _mail,
    _sms,
    _address,
)
_OF_INSTALLATION: tuple[Callable[[Installation], Iterator[Answer]], ...] = (
    _database,
    _city,
    _playbooks,
)
