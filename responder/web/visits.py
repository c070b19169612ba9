"""Who is here, what may they do, and how is a page given to them? Every route states its act."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Annotated, Any
from urllib.parse import quote, urlsplit

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse
from starlette.datastructures import FormData

from responder.core.city import City
from responder.core.errors import InvalidInput, Refused
from responder.engine.people import bearer_person, session_person
from responder.engine.ports import Mailbox, Ports
from responder.engine.situation.people import Act, Person, may
from responder.web.rendering import Frame, Renderer, Shell, Tab
from responder.web.security import CSRF_FIELD, SESSION_COOKIE, Brake, check_origin, csrf_token, forged
from responder.web.words import Words, best_language

__all__ = [
    "LANGUAGE_COOKIE",
    "Caller",
    "Door",
    "Form",
    "House",
    "Posted",
    "SignInNeeded",
    "Visit",
    "Visitor",
    "bearer",
    "sign_in_address",
    "stranger",
    "visit",
]

LANGUAGE_COOKIE = "responder_language"
_LONGEST_FIELD = 20_000
_MOST_FIELDS = 2_000


@dataclass(slots=True)
class House:
    """What one application holds: its ports, its pages, and how it is reached."""

    ports: Ports
    pages: Renderer
    city: City
    mailbox: Mailbox | None = None
    public_url: str = ""
    https: bool = False
    metrics_token: str = ""
    version: str = ""
    brake: Brake = field(default_factory=lambda: Brake(most=20, within=timedelta(minutes=1)))


class SignInNeeded(Exception):  # it is no error: the visitor is shown the door
    """Nobody is signed in, and the page is not for everybody."""


@dataclass(frozen=True, slots=True)
class Form:
    """What a person sent with a page: texts only."""

    fields: Mapping[str, tuple[str, ...]]

    def text(self, name: str) -> str:
        """The field without surrounding space; empty when it was not sent."""
        values = self.fields.get(name, ())
        return values[-1].strip() if values else ""

    def raw(self, name: str) -> str:
        """The field as it was typed, line ends made plain."""
        values = self.fields.get(name, ())
        return values[-1].replace("\r\n", "\n") if values else ""

    def all(self, name: str) -> tuple[str, ...]:
        return tuple(value.strip() for value in self.fields.get(name, ()) if value.strip())

    def needed(self, name: str, complaint: str) -> str:
        """The field, which must not be empty. Raises InvalidInput with the complaint."""
        value = self.text(name)
        if not value:
            raise InvalidInput(complaint, mend="Go back, fill it in and press the button again.")
        return value

    def under(self, prefix: str) -> dict[str, str]:
        """Fields named `prefix.rest`, by their rest."""
        start = f"{prefix}."
        return {name.removeprefix(start): self.text(name) for name in self.fields if name.startswith(start)}


@dataclass(frozen=True, slots=True)
class Visit:
    """One request by somebody: `person` is None for a visitor from outside."""

    request: Request
    house: House
    person: Person | None
    words: Words
    session: str

    @property
    def ports(self) -> Ports:
        return self.house.ports

    @property
    def wall(self) -> datetime:
        return self.house.ports.clock.now()

    @property
    def me(self) -> Person:
        """The person signed in. Raises SignInNeeded."""
        if self.person is None:
            raise SignInNeeded
        return self.person

    def may(self, act: Act) -> bool:
        return self.person is not None and may(self.person, act)

    def shell(self, frame: Frame | None, tabs: tuple[Tab, ...]) -> Shell:
        return Shell(
            lang=self.words.tag,
            dir=self.words.dir,
            csrf=csrf_token(self.ports.ciphers, self.session),
            me=self.person.name if self.person else "",
            frame=frame,
            drill=frame.drill if frame else False,
            tabs=tabs,
            languages=self.house.pages.choices(self.words.tag),
        )

    def show(
        self,
        template: str,
        page: object,
        *,
        frame: Frame | None = None,
        tabs: tuple[Tab, ...] = (),
        status: int = 200,
        **shell: Any,  # fields of Shell
    ) -> HTMLResponse:
        """The page as HTML."""
        made = replace(self.shell(frame, tabs), **shell)
        return HTMLResponse(self.house.pages.render(template, page, made), status_code=status)

    def go(self, where: str) -> RedirectResponse:
        """After a post: look at the page that shows what became of it."""
        return RedirectResponse(where, status_code=303)


def visit(request: Request) -> Visit:
    """Who is here. Never refuses."""
    house: House = request.app.state.house
    session = request.cookies.get(SESSION_COOKIE, "")
    person = session_person(house.ports, session) if session else None
    return _visit(request, person, session if person else "")


def stranger(request: Request) -> Visit:
    """Somebody in the language they chose; nothing is asked of the store."""
    return _visit(request, None, "")


def _visit(request: Request, person: Person | None, session: str) -> Visit:
    house: House = request.app.state.house
    wanted = [request.cookies.get(LANGUAGE_COOKIE, "")]
    wanted += list(person.languages) if person else []
    wanted += _accepted(request.headers.get("accept-language", ""))
    tag = best_language([tag for tag in wanted if tag], house.pages.offered)
    return Visit(request, house, person, house.pages.words(tag), session)


Visitor = Annotated[Visit, Depends(visit)]


async def posted(request: Request) -> Form:
    """The fields of a form, read once."""
    form = await request.form(max_fields=_MOST_FIELDS, max_part_size=_LONGEST_FIELD * 10)
    return Form(_texts(form))


Posted = Annotated[Form, Depends(posted)]


def bearer(request: Request) -> Person:
    """Whose token came with a request to the API. Raises SignInNeeded."""
    house: House = request.app.state.house
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    person = bearer_person(house.ports, token.strip()) if kind.lower() == "bearer" and token else None
    if person is None:
        raise SignInNeeded
    return person


@dataclass(frozen=True, slots=True)
class _Call:
    """One request of a program: whose token it carries, the ports, and the letters of exercises."""

    person: Person
    ports: Ports
    mailbox: Mailbox | None


def _caller(request: Request, person: Annotated[Person, Depends(bearer)]) -> _Call:
    house: House = request.app.state.house
    return _Call(person, house.ports, house.mailbox)


Caller = Annotated[_Call, Depends(_caller)]


def genuine(here: Visitor, form: Posted) -> None:
    """A post must come from a form that this very session was shown. Raises Refused."""
    check_origin(here.request, here.house.public_url)
    if forged(here.ports.ciphers, here.session, form.text(CSRF_FIELD)):
        raise Refused(
            "This form is not from your session any more. Nothing was changed.",
            mend="Open the page again and press the button once more.",
        )


class Door:
    """Adds routes, each with the act it takes. `act` None says openly: for everybody.

    The act is kept on the route, so that a test can walk all of them and find one without.
    """

    def __init__(self, *, prefix: str = "", api: bool = False) -> None:
        self.router = APIRouter(prefix=prefix, include_in_schema=api, tags=["api"] if api else None)
        self._api = api

    def get(self, path: str, *, act: Act | None) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        return self._add(path, ["GET"], act, [])

    def post(
        self, path: str, *, act: Act | None, from_form: bool = True
    ) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """`from_form` False: the address itself is the secret (links in messages), or a bearer token is."""
        checks = [Depends(genuine)] if from_form and not self._api else []
        return self._add(path, ["POST"], act, checks)

    def _add(
        self, path: str, methods: list[str], act: Act | None, checks: list[Any]
    ) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        guards = [Depends(_guard(act, api=self._api)), *checks]

        def adding(endpoint: Callable[..., Any]) -> Callable[..., Any]:
            endpoint.act = act  # type: ignore[attr-defined]  # read by the test of permissions
            self.router.add_api_route(
                path,
                endpoint,
                methods=methods,
                dependencies=guards,
                response_model=None,
                response_class=JSONResponse if self._api else HTMLResponse,
            )
            return endpoint

        return adding


def sign_in_address(request: Request) -> str:
    """Where a visitor signs in, and comes back from to the page they wanted (only pages that read)."""
    wanted = urlsplit(str(request.url))
    back = wanted.path + (f"?{wanted.query}" if wanted.query else "")
    if request.method != "GET" or back == "/":
        return "/sign-in"
    return f"/sign-in?next={quote(back, safe='/')}"


def _guard(act: Act | None, *, api: bool) -> Callable[..., None]:
    def page(here: Visitor) -> None:
        if act is not None and not may(here.me, act):
            raise Refused(
                "Your account may not do this.", mend="Ask an administrator of Responder for the permission."
            )

    def token(person: Annotated[Person, Depends(bearer)]) -> None:
        if act is not None and not may(person, act):
            raise Refused("This token may not do this.", mend="Ask for a token with another role.")

    return token if api else page


def _accepted(header: str) -> list[str]:
    """The languages of an Accept-Language header (RFC 9110, 12.5.4), best first."""
    weighed: list[tuple[float, str]] = []
    for part in header.split(",")[:20]:
        tag, _, rest = part.strip().partition(";")
        quality = rest.strip().removeprefix("q=") or "1"
        try:
            weighed.append((-float(quality), tag.strip()))
        except ValueError:
            continue
    return [tag for _, tag in sorted(weighed, key=lambda item: item[0]) if tag and tag != "*"]


def _texts(form: FormData) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for name, value in form.multi_items():
        if isinstance(value, str):
            # PostgreSQL takes no NUL into a text, and nobody types one.
            found[name] = (*found.get(name, ()), value[:_LONGEST_FIELD].replace("\x00", ""))
    return found
