"""Which adapter stands behind which port? Read from top to bottom."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from fastapi import APIRouter
from sqlalchemy import Engine

from responder.app.outside import TrueChance, WallClock
from responder.app.settings import Settings, load_settings
from responder.carriers import (
    MailboxCarrier,
    SmtpCarrier,
    TwilioAccount,
    TwilioCarrier,
    TwilioWebhooks,
    parse_smtp_url,
)
from responder.content.files import FileContent
from responder.core.errors import Unavailable
from responder.core.terms import DELIVERED_CHANNELS, Channel
from responder.db.ciphers import SecretCiphers
from responder.db.engine import make_engine
from responder.db.migrations import require_current
from responder.db.store import SqlStore
from responder.db.store_mailbox import SqlMailbox
from responder.engine import broadcasts, incidents
from responder.engine.ports import Job, Limits, LiveCarrier, Mailbox, Ports, Queue
from responder.scheduler import DbosQueue
from responder.web.hooks import twilio_router

__all__ = [
    "Installation",
    "assemble",
    "handlers",
    "hooks",
    "install",
    "install_here",
    "live_carriers",
    "opened",
    "twilio_account",
]


@dataclass(frozen=True, slots=True)
class Installation:
    """One process of the program: its settings, its ports, and what must be opened and closed by hand."""

    settings: Settings
    ports: Ports
    engine: Engine
    mailbox: Mailbox
    queue: DbosQueue
    account: TwilioAccount | None

    def close(self) -> None:
        """Let go of everything, in the reverse order: jobs that run still need their carriers."""
        self.queue.stop()
        for reaching in self.ports.live.values():
            reaching.close()
        for rehearsing in self.ports.exercise.values():
            rehearsing.close()
        self.engine.dispose()


def install(settings: Settings, *, limits: Limits | None = None) -> Installation:
    """Put the program together. Nothing runs yet, and nothing is sent."""
    engine = make_engine(settings.database)
    store = SqlStore(engine)
    mailbox = SqlMailbox(store)
    account = twilio_account(settings)
    queue = DbosQueue(settings.database, node=settings.node)
    ports = assemble(settings, store=store, queue=queue, mailbox=mailbox, limits=limits)
    queue.handlers.update(handlers(ports))
    return Installation(settings, ports, engine, mailbox, queue, account)


def install_here(settings: Settings) -> Installation:
    """Put the program together on a database that is there. Raises Unavailable: no empty one is made."""
    if not settings.has_database:
        raise Unavailable(
            f"There is no database at {settings.database.removeprefix('sqlite:///')}.",
            mend="Run `responder init`, or go to the folder where that was done.",
        )
    return install(settings)


def assemble(
    settings: Settings, *, store: SqlStore, queue: Queue, mailbox: Mailbox, limits: Limits | None = None
) -> Ports:
    """Every port with its adapter."""
    clock = WallClock()
    return Ports(
        store=store,
        content=FileContent(directories=settings.own_content, city=settings.city_file),
        clock=clock,
        chance=TrueChance(),
        ciphers=SecretCiphers(settings.key),
        queue=queue,
        live=live_carriers(settings),
        exercise={channel: MailboxCarrier(channel, mailbox, clock) for channel in DELIVERED_CHANNELS},
        limits=limits or _limits(settings),
    )


def handlers(ports: Ports) -> Mapping[str, Callable[[Job], None]]:
    """Which function does a job of which kind."""
    return {
        "materialise": lambda job: broadcasts.materialise(ports, job),
        "parcel": lambda job: broadcasts.work_parcel(ports, job),
        "receipts": lambda job: broadcasts.apply_receipts(ports, job),
        "call": lambda job: incidents.carry_call(ports, job),
    }


def hooks(installation: Installation) -> tuple[APIRouter, ...]:
    """The routes on which providers report; none without an account."""
    if installation.account is None:
        return ()
    return (twilio_router(installation.ports, TwilioWebhooks(installation.account)),)


@contextmanager
def opened(settings: Settings | None = None) -> Iterator[Ports]:
    """The ports for one command: no clock and no worker run; jobs wait for the process that serves."""
    installation = install_here(settings or load_settings())
    try:
        require_current(installation.engine)
        installation.queue.prepare()
        yield installation.ports
    finally:
        installation.close()


def twilio_account(settings: Settings) -> TwilioAccount | None:
    """The account of the settings, or None while none is set."""
    token = settings.twilio_auth_token.get_secret_value()
    if not settings.twilio_account_sid or not token:
        return None
    return TwilioAccount(
        sid=settings.twilio_account_sid,
        token=token,
        messaging_service_sid=settings.twilio_messaging_service_sid,
        sender=settings.twilio_from,
        api_base_url=settings.twilio_api_base_url,
        public_url=settings.public_url,
    )


def live_carriers(settings: Settings) -> dict[Channel, LiveCarrier]:
    """The carriers that reach residents: only those whose settings are there."""
    carriers: dict[Channel, LiveCarrier] = {}
    account = twilio_account(settings)
    if account is not None:
        carriers[Channel.SMS] = TwilioCarrier(account, connections=settings.sms_connections)
    url = settings.smtp_url.get_secret_value()
    if url:
        carriers[Channel.EMAIL] = SmtpCarrier(
            parse_smtp_url(url), sender=settings.email_from, connections=settings.smtp_connections
        )
    return carriers


def _limits(settings: Settings) -> Limits:
    return Limits(
        node=settings.node,
        public_url=settings.public_url or f"http://{settings.host}:{settings.port}",
        sms_connections=settings.sms_connections,
        smtp_connections=settings.smtp_connections,
        email_from=settings.email_from or Limits().email_from,
        sms_from=settings.twilio_from or settings.twilio_messaging_service_sid,
    )
