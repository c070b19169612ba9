"""Does every route ask who is there? All routes, from the application itself, for every kind of person."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from kit.world import World, make_world
from starlette.testclient import TestClient

from responder.core.terms import Mode
from responder.db.store_mailbox import SqlMailbox
from responder.engine import incidents
from responder.engine.incidents import Activation
from responder.engine.people import OPERATOR, add_token, sign_in_link
from responder.engine.ports.people import Permission
from responder.engine.situation.people import Act, may
from responder.web import health
from responder.web.api import DOORS as API
from responder.web.pages import DOORS as PAGES
from responder.web.security import CSRF_FIELD
from responder.web.server import make_app

KINDS = ("Chen", "Bo", "Eve", "nobody")
"""An admin, somebody of the staff, a viewer who may do nothing, and a visitor."""
ROUTES = [
    (method, (door.router.prefix and route.path) or route.path, route)
    for door in (*PAGES, *API)
    for route in door.router.routes
    if isinstance(route, APIRoute)
    for method in route.methods
]
OPEN = {
    "/sign-in",
    "/sign-in/{link}",
    "/sign-out",
    "/language",
    "/public",
    "/public/",
    "/public/{language}/",
    "/public/{language}/{incident}",
    "/call/{token}",
    "/c/{token}",
    "/u/{token}",
}
"""What is for everybody: the door, what the city published, and links that are secrets themselves."""


def _name(case: object) -> str:
    return str(case) if isinstance(case, str) else ""


def _act(route: APIRoute) -> Act | None:
    assert hasattr(route.endpoint, "act"), f"{route.path} does not state its act."
    act: Act | None = route.endpoint.act
    return act


@pytest.fixture(scope="module")
def world() -> World:
    return make_world()


@pytest.fixture(scope="module")
def app(world: World) -> FastAPI:
    return make_app(world.ports, mailbox=SqlMailbox(world.ports.store))  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def incident(world: World) -> str:
    wanted = Activation(playbook="first-hour", mode=Mode.EXERCISE)
    return incidents.activate(world.ports, wanted=wanted, by=world.person("Chen"))


@pytest.fixture(scope="module")
def clients(world: World, app: FastAPI) -> Iterator[dict[str, tuple[TestClient, str]]]:
    """A client of each kind, and the token of their forms."""
    found: dict[str, tuple[TestClient, str]] = {}
    for name in KINDS:
        client = TestClient(app, follow_redirects=False)
        page = client.get("/sign-in")
        if name != "nobody":
            link = sign_in_link(world.ports, by=OPERATOR, person_id=world.person(name).id)
            client.post(f"/sign-in/{link.secret}", data={CSRF_FIELD: _token(page.text)})
            page = client.get("/me")
        found[name] = (client, _token(page.text))
    yield found
    for client, _ in found.values():
        client.close()


@pytest.fixture(scope="module")
def bearers(world: World, app: FastAPI) -> dict[str, str]:
    return {
        name: add_token(
            world.ports,
            by=world.person("Chen"),
            expires=world.clock.now() + timedelta(days=1),
            permission=world.person(name).permission,
            owner=world.person(name).id,
            name=name,
        ).secret
        for name in KINDS
        if name != "nobody"
    }


def test_every_route_of_the_application_stands_in_a_door(app: FastAPI) -> None:
    doors = {id(door.router) for door in (*PAGES, *API)} | {id(health.router)}
    included = {id(route.original_router) for route in app.routes if hasattr(route, "original_router")}
    alone = {route.path for route in app.routes if hasattr(route, "path") and route.path}
    assert included == doors
    assert alone == {"/static", "/api/v1/openapi.json"}


@pytest.mark.parametrize(("method", "path", "route"), ROUTES, ids=_name)
def test_only_the_listed_routes_are_open_to_everybody(method: str, path: str, route: APIRoute) -> None:
    assert (_act(route) is None) == (path in OPEN)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("method", "path", "route"), ROUTES, ids=_name)
def test_a_route_lets_in_whom_the_permission_table_lets_in(
    method: str,
    path: str,
    route: APIRoute,
    kind: str,
    world: World,
    incident: str,
    clients: dict[str, tuple[TestClient, str]],
    bearers: dict[str, str],
) -> None:
    act = _act(route)
    if act is None:
        return
    answer = (_api if path.startswith("/api/") else _page)(
        method, _filled(path, incident), kind, clients=clients, bearers=bearers
    )
    if kind == "nobody":
        assert answer.status_code in (303, 401)
        assert answer.status_code == 401 or answer.headers["location"].startswith("/sign-in")
    elif may(world.person(kind), act):
        assert "may not do this" not in answer.text
        assert answer.status_code != 401
        assert not answer.headers.get("location", "").startswith("/sign-in")
    else:
        assert answer.status_code == 403
        assert "may not do this" in answer.text


@pytest.mark.parametrize(
    ("method", "path", "route"),
    [
        case
        for case in ROUTES
        if case[0] == "POST" and not case[1].startswith(("/api/", "/u/", "/c/", "/call/"))
    ],
    ids=_name,
)
def test_a_post_without_the_token_of_its_session_changes_nothing(
    method: str, path: str, route: APIRoute, incident: str, clients: dict[str, tuple[TestClient, str]]
) -> None:
    client, _ = clients["Chen"]
    answer = client.post(_filled(path, incident), data={CSRF_FIELD: "made-up"})
    assert answer.status_code == 403
    assert "not from your session" in answer.text


def test_a_post_that_another_site_sent_is_refused(clients: dict[str, tuple[TestClient, str]]) -> None:
    client, token = clients["Chen"]
    answer = client.post(
        "/language", data={CSRF_FIELD: token, "language": "en"}, headers={"sec-fetch-site": "cross-site"}
    )
    assert answer.status_code == 403


def test_a_viewer_has_the_permission_to_read_and_nothing_else(world: World) -> None:
    eve = world.person("Eve")
    assert eve.permission is Permission.VIEWER
    assert [act for act in Act if may(eve, act)] == [Act.READ]


def _page(method: str, path: str, kind: str, *, clients, bearers):  # type: ignore[no-untyped-def]
    client, token = clients[kind]
    return client.request(method, path, data={CSRF_FIELD: token} if method == "POST" else None)


def _api(method: str, path: str, kind: str, *, clients, bearers):  # type: ignore[no-untyped-def]
    client, _ = clients["nobody"]
    headers = {} if kind == "nobody" else {"authorization": f"Bearer {bearers[kind]}"}
    return client.request(method, path, headers=headers, json={} if method == "POST" else None)


def _filled(path: str, incident: str) -> str:
    values = {
        "incident": incident,
        "key": "confirm_report~1",
        "number": "1",
        "item": "1",
        "playbook": "first-hour",
    }
    values |= {"fact": "incident_type", "phase": "first_hour", "language": "en"}
    return re.sub(r"\{(\w+)\}", lambda found: values.get(found[1], "none"), path)


def _token(html: str) -> str:
    found = re.search(r'name="csrf" value="([^"]+)"', html)
    assert found is not None
    return found[1]
