"""What can somebody do who only has a link? Answer a call, leave a list. No account, no cookie."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi.responses import Response

from responder.core.errors import NotFound
from responder.engine import broadcasts, incidents
from responder.web.visits import Door, Visitor

__all__ = ["door"]

door = Door()


@dataclass(frozen=True, slots=True)
class CallPage:
    """A call to a role holder: nothing of the incident is told to whoever holds the phone."""

    link: str
    answered: bool


@dataclass(frozen=True, slots=True)
class LeavePage:
    """The page for leaving a list."""

    link: str
    left: bool


@door.get("/call/{token}", act=None)
@door.get("/c/{token}", act=None)
def call(token: str, here: Visitor) -> Response:
    return here.show("call.html", CallPage(link=f"/call/{token}", answered=False))


@door.post("/call/{token}", act=None, from_form=False)
@door.post("/c/{token}", act=None, from_form=False)
def answer_call(token: str, here: Visitor) -> Response:
    incidents.answer_call(here.ports, token=token)
    return here.show("call.html", CallPage(link=f"/call/{token}", answered=True))


@door.get("/u/{token}", act=None)
def leave_page(token: str, here: Visitor) -> Response:
    return here.show("leave.html", LeavePage(link=f"/u/{token}", left=False))


@door.post("/u/{token}", act=None, from_form=False)
def leave(token: str, here: Visitor) -> Response:
    """Also takes the one-click post of a mail program (RFC 8058): no cookie, no form, no question."""
    if not broadcasts.unsubscribe(here.ports, token=token):
        raise NotFound("This link is not whole.", mend="Open the link in the message again, or reply STOP.")
    return here.show("leave.html", LeavePage(link=f"/u/{token}", left=True))
