"""Does the web side stand what nobody should send: slips, lies, odd bytes, other people's incidents?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from fastapi.routing import APIRoute
from kit.stage import activated, drafted, signed
from kit.world import World, make_world
from starlette.testclient import TestClient
from structlog.testing import capture_logs

from responder.core.incident import OccurrenceKey
from responder.core.terms import Mode
from responder.db.store_mailbox import SqlMailbox
from responder.engine import incidents
from responder.engine.incidents import Activation
from responder.engine.people import OPERATOR, add_token, sign_in_link
from responder.engine.ports.people import Permission
from responder.web.api import DOORS as API
from responder.web.pages import DOORS as PAGES
from responder.web.server import WebOptions, make_app

FORM = "application/x-www-form-urlencoded"
PRIVATE = """\
responder: 1
id: quiet
version: "1"
name: A threat that is not public
language: en
owner: mayor
marking: red
extends: first-hour
"""
EVIL = "<script>alert(1)</script><b>\u202etxt"


@dataclass
class Stand:
    """A client of Chen's in the middle of an exercise, and a bearer token of hers."""

    world: World
    client: TestClient
    csrf: str
    token: str
    incident: str
    other: str
    statement: str

    @property
    def home(self) -> str:
        return f"/incidents/{self.incident}"

    @property
    def bearer(self) -> dict[str, str]:
        return {"authorization": f"Bearer {self.token}"}


@pytest.fixture(scope="module")
def stand() -> Iterator[Stand]:
    world = make_world()
    incident = activated(world)
    statement = drafted(world, incident)
    signed(world, incident, statement)
    other = activated(world, contacts=1)
    with TestClient(_app(world), follow_redirects=False, raise_server_exceptions=False) as client:
        csrf = _sign_in(client, world, "Chen")
        yield Stand(world, client, csrf, _bearer(world, "Chen"), incident, other, statement)


def _app(world: World, options: WebOptions | None = None):  # type: ignore[no-untyped-def]  # FastAPI
    return make_app(world.ports, mailbox=SqlMailbox(world.ports.store), options=options)  # type: ignore[arg-type]


def _sign_in(client: TestClient, world: World, name: str) -> str:
    link = sign_in_link(world.ports, by=OPERATOR, person_id=world.person(name).id)
    client.post(f"/sign-in/{link.secret}", data={"csrf": _token(client.get("/sign-in").text)})
    return _token(client.get("/me").text)


def _token(html: str) -> str:
    found = re.search(r'name="csrf" value="([^"]+)"', html)
    assert found is not None
    return found[1]


def _bearer(world: World, name: str) -> str:
    person = world.person(name)
    return add_token(
        world.ports,
        by=world.person("Chen"),
        expires=world.clock.now() + timedelta(days=1),
        permission=Permission.STAFF,
        owner=person.id,
        name=name,
    ).secret


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/static/../server.py", 404),
        ("/static/..%2fserver.py", 404),
        ("/static/%2e%2e/server.py", 404),
        ("/static/", 404),
        ("/static/vendor", 404),
        ("/incidents/%00", 400),
        ("/incidents?x=%00", 400),
        ("/incidents/" + "x" * 5_000, 404),
        ("{home}/log?before=" + "9" * 40, 200),
        ("{home}/log?before=x", 400),
        ("{home}/mailbox?before=" + "9" * 40, 400),
        ("{home}/mailbox/" + "9" * 40, 400),
        ("{home}/mailbox/-1", 400),
        ("{home}/mailbox?channel=zz", 400),
        ("{home}/entries/~1", 400),
        ("{home}/entries/x~" + "9" * 40, 400),
        ("{home}/phases/nope", 404),
        ("{home}/facts/nope", 404),
        ("{home}/registers/nope", 404),
        ("{home}/statements/{statement}?channel=zz", 400),
        ("{home}/statements/{statement}/edit?language=zz&channel=sms", 404),
        ("{home}/public/zz", 404),
        ("/public/zz/", 404),
        ("/activate/none", 404),
        ("/sign-in/" + "x" * 3_000, 200),
        ("/incidents/{other}/statements/{statement}", 404),
        ("/incidents/{other}/statements/{statement}/send", 404),
        ("/incidents/{other}/statements/{statement}/edit?language=en&channel=sms", 404),
    ],
)
def test_an_address_that_nobody_should_ask_for_gets_a_plain_answer(
    stand: Stand, path: str, status: int
) -> None:
    where = path.format(home=stand.home, statement=stand.statement, other=stand.other)
    answer = stand.client.get(where)
    assert answer.status_code == status
    assert "Traceback" not in answer.text


@pytest.mark.parametrize(
    ("path", "fields", "status"),
    [
        ("/clock", {"rate": "nan"}, 400),
        ("/clock", {"rate": "-1"}, 400),
        ("/clock", {"to": "9999-12-31T23:59"}, 400),
        ("/clock", {"to": "junk"}, 400),
        ("/statements/{statement}/edit", {"language": "en", "channel": "sms", "version": "²"}, 400),
        ("/statements/{statement}/edit", {"language": "en", "channel": "sms", "version": "9" * 40}, 400),
        ("/statements/{statement}/send", {"count": "²"}, 400),
        ("/statements/{statement}/send", {"count": "9" * 5_000}, 400),
        ("/roles", {"role": "nope"}, 404),
        ("/open", {"entry": "nope"}, 404),
    ],
)
def test_a_form_filled_in_wrongly_changes_nothing_and_says_so(
    stand: Stand, path: str, fields: dict[str, str], status: int
) -> None:
    before = _events(stand)
    where = stand.home + path.format(statement=stand.statement)
    answer = stand.client.post(where, data={"csrf": stand.csrf, **fields})
    assert answer.status_code == status
    assert "Nothing was changed." in answer.text
    assert _events(stand) == before


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"garbage", "multipart/form-data; boundary=x"),
        (b"garbage", "multipart/form-data"),
        (b"{}", "application/json"),
        (b"csrf=x", ""),
        (b"&a=1" * 5_000, FORM),
    ],
)
def test_a_body_of_another_kind_is_refused(stand: Stand, body: bytes, kind: str) -> None:
    before = _events(stand)
    headers = {"content-type": kind} if kind else {}
    answer = stand.client.post(f"{stand.home}/log/note", content=body, headers=headers)
    assert answer.status_code in (400, 403)
    assert _events(stand) == before


def test_a_body_without_end_is_not_read_to_its_end(stand: Stand) -> None:
    chunk, taken = b"a" * 65_536, 0

    def endless() -> Iterator[bytes]:
        nonlocal taken
        yield b"csrf=x&text="
        for _ in range(1_000):
            taken += len(chunk)
            yield chunk

    headers = {"content-type": FORM}
    told = stand.client.post(f"{stand.home}/log/note", content=b"a" * 3_000_000, headers=headers)
    assert told.status_code == 413
    streamed = stand.client.post(f"{stand.home}/log/note", content=endless(), headers=headers)
    assert streamed.status_code == 413


@pytest.mark.parametrize("host", ["[", "[::", "a b", "evil.example.com/x", "a@b", "a:b"])
def test_a_host_that_is_none_is_turned_away(stand: Stand, host: str) -> None:
    assert stand.client.get("/", headers={"host": host}).status_code == 400


def test_no_page_repeats_the_host_it_was_asked_under(stand: Stand) -> None:
    for path in ("/", stand.home, f"{stand.home}/statements/{stand.statement}", "/public/en/", "/nowhere"):
        answer = stand.client.get(path, headers={"host": "evil.example.com"})
        assert "evil.example.com" not in answer.text + str(answer.headers)


@pytest.mark.parametrize(
    "origin", ["http://[", "", "http://evil.example.com", "http://testserver.example.com"]
)
def test_a_post_from_another_origin_is_refused(stand: Stand, origin: str) -> None:
    answer = stand.client.post("/language", data={"csrf": stand.csrf}, headers={"origin": origin})
    assert answer.status_code == 403


def test_metrics_are_not_read_by_a_name_that_points_here(stand: Stand) -> None:
    near = TestClient(_app(stand.world), client=("127.0.0.1", 50000), base_url="http://127.0.0.1:8000")
    assert near.get("/metrics").status_code == 200
    assert near.get("/metrics", headers={"host": "rebound.example.com"}).status_code == 401


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (b"{", 400),
        (b"[1]", 400),
        (b'{"text": "a\\u0000b"}', 400),
        (b'{"text": "a\\ud800b"}', 400),
        (b'{"text": "\xff"}', 400),
        (b"[" * 100_000, 400),
        (b'{"text": " "}', 400),
        (b'{"text": 1}', 400),
    ],
)
def test_json_that_cannot_be_used_gets_json_back(stand: Stand, content: bytes, status: int) -> None:
    headers = {**stand.bearer, "content-type": "application/json"}
    answer = stand.client.post(f"/api/v1{stand.home}/log", content=content, headers=headers)
    assert answer.status_code == status
    assert set(answer.json()) == {"error", "mend"}


def test_a_moment_without_its_zone_is_refused(stand: Stand) -> None:
    answer = stand.client.post(
        f"/api/v1{stand.home}/clock", json={"to": "2027-05-05T00:00:00"}, headers=stand.bearer
    )
    assert answer.status_code == 400


def test_a_session_is_no_bearer_token(stand: Stand) -> None:
    assert stand.client.get("/api/v1/incidents").status_code == 401
    assert stand.client.get("/api/v1/incidents", headers={"authorization": "Basic eHg="}).status_code == 401
    with TestClient(_app(stand.world), follow_redirects=False) as program:
        assert program.get("/", headers=stand.bearer).status_code == 303


def test_a_session_that_was_planted_before_sign_in_is_not_used(stand: Stand) -> None:
    with TestClient(_app(stand.world), follow_redirects=False) as client:
        client.cookies.set("responder_session", "planted")
        _sign_in(client, stand.world, "Bo")
        assert client.cookies.get("responder_session", domain="testserver.local") != "planted"
        assert "Bo" in client.get("/me").text
    with TestClient(_app(stand.world), follow_redirects=False) as thief:
        thief.cookies.set("responder_session", "planted")
        assert thief.get("/").status_code == 303


def test_head_is_answered_like_get_without_a_body(stand: Stand) -> None:
    for path in ("/healthz", "/public/en/", stand.home, "/static/tokens.css"):
        got, head = stand.client.get(path), stand.client.head(path)
        assert head.status_code == got.status_code == 200
        assert head.headers["content-type"] == got.headers["content-type"]


def test_what_people_type_stands_on_pages_as_text_and_acts_nowhere(stand: Stand) -> None:
    world, chen = stand.world, stand.world.person("Chen")
    wanted = Activation(
        playbook="first-hour",
        mode=Mode.EXERCISE,
        title=EVIL,
        facts={"incident_place": EVIL},
    )
    incident = incidents.activate(world.ports, wanted=wanted, by=chen)
    world.wind(minutes=1)
    incidents.note(world.ports, incident_id=incident, text=EVIL, by=chen)
    key = OccurrenceKey("confirm_report")
    incidents.acknowledge(world.ports, incident_id=incident, occurrence=key, by=chen)
    incidents.skip(world.ports, incident_id=incident, occurrence=key, reason=EVIL, by=chen)
    home = f"/incidents/{incident}"
    for path in (
        "",
        "/log",
        "/more",
        "/tasks",
        "/entries/confirm_report~1",
        "/facts/incident_place",
        "/report",
    ):
        page = stand.client.get(home + path)
        assert page.status_code == 200
        assert "<script>alert" not in page.text
        assert "&lt;script&gt;alert(1)" in page.text
        body = page.text.partition("<body")[2]
        assert re.search(r"<bdi>[^<]*&lt;script", body), f"{path}: the words can turn those beside them round"
    assert "<script>alert" not in stand.client.get("/").text


def test_a_private_incident_is_not_there_for_those_it_does_not_name(tmp_path: Path) -> None:
    (tmp_path / "playbooks").mkdir()
    (tmp_path / "playbooks" / "quiet.yaml").write_text(PRIVATE, encoding="utf-8")
    world = make_world(directories=(tmp_path,))
    wanted = Activation(playbook="quiet", mode=Mode.EXERCISE)
    incident = incidents.activate(world.ports, wanted=wanted, by=world.person("Chen"))
    bearer = {"authorization": f"Bearer {_bearer(world, 'Bo')}"}
    seen = []
    with TestClient(_app(world), follow_redirects=False) as client:
        csrf = _sign_in(client, world, "Bo")
        assert incident not in client.get("/").text + client.get("/mine").text
        assert incident not in client.get("/api/v1/incidents", headers=bearer).text
        for method, path in _routes_of_an_incident():
            where = _filled(path, incident)
            answer = (
                client.request(method, where, headers=bearer, json=BODIES.get(path.rsplit("/", 1)[-1], {}))
                if path.startswith("/api/")
                else client.request(method, where, data=FIELDS | {"csrf": csrf} if method == "POST" else None)
            )
            if answer.status_code not in (400, 403, 404) or "quiet" in answer.text:
                seen.append(f"{method} {path} {answer.status_code}")
    assert not seen
    events = incidents.look(world.ports, incident_id=incident, by=world.person("Chen")).incident.events
    assert world.person("Bo").id not in {event.actor.id for event in events}


BODIES: dict[str, dict[str, object]] = {
    "log": {"text": "x"},
    "level": {"level": "full"},
    "roles": {"role": "comms_lead"},
    "clock": {"rate": 2},
    "entries": {"entry": "confirm_report"},
    "{fact}": {"value": "attack"},
    "{anchor}": {"at": None},
    "done": {"note": "x"},
    "skip": {"reason": "x"},
    "answer": {"option": "wait"},
    "gate": {"answers": {}},
    "statements": {"occurrence": "holding#1"},
    "stand-down": {"reason": "x"},
    "reopen": {"reason": "x"},
    "names": {"names": ["x"]},
    "version": {"reason": "x"},
    "narrow": {"version": 1, "audiences": {}},
    "review": {"language": "es", "digest": "x"},
    "fill": {"version": 1, "values": {"place": "x"}},
    "edit": {"version": 1, "language": "en", "channel": "sms", "text": "x"},
    "sign": {"scope": "frame", "digest": "x"},
    "waive": {"role": "comms_lead", "reason": "x"},
    "override": {"rule": "x", "reason": "x"},
}
FIELDS = {
    "text": "x",
    "reason": "x",
    "role": "comms_lead",
    "level": "full",
    "entry": "confirm_report",
    "rate": "2",
    "option": "wait",
    "occurrence": "holding#1",
    "anchor": "safe",
    "names": "x",
    "learn.incident_type": "attack",
}


def _routes_of_an_incident() -> list[tuple[str, str]]:
    return [
        (method, route.path)
        for door in (*PAGES, *API)
        for route in door.router.routes
        if isinstance(route, APIRoute)
        and "{incident}" in route.path
        and "/public/{language}/" not in route.path
        for method in route.methods or ()
    ]


def _filled(path: str, incident: str) -> str:
    values = {"incident": incident, "key": "confirm_report~1", "number": "1", "item": "1", "language": "en"}
    values |= {"fact": "incident_type", "phase": "first_hour"}
    query = "?language=en&channel=sms" if path.endswith("/edit") else ""
    return re.sub(r"\{(\w+)\}", lambda found: values.get(found[1], "none"), path) + query


def test_without_its_database_the_program_says_so_on_a_whole_page(tmp_path: Path) -> None:
    world = make_world(url=f"sqlite:///{tmp_path}/responder.db")
    incident = activated(world, contacts=1)
    with TestClient(_app(world), follow_redirects=False, raise_server_exceptions=False) as client:
        csrf = _sign_in(client, world, "Chen")
        client.cookies.set("responder_language", "es")
        world.ports.store.engine.dispose()  # type: ignore[attr-defined]  # the store of this test is SQL
        for file in tmp_path.glob("responder.db*"):
            file.unlink()
        for path in ("/", f"/incidents/{incident}", "/me", "/public/en/"):
            page = client.get(path)
            assert page.status_code == 503, path
            assert "Ahora no está disponible" in page.text
            assert str(tmp_path) not in page.text
            assert "default-src 'none'" in page.headers["content-security-policy"]
        written = client.post(f"/incidents/{incident}/log/note", data={"csrf": csrf, "text": "x"})
        assert written.status_code == 503
        assert client.get("/readyz").status_code == 503
        assert str(tmp_path) not in client.get("/readyz").text
        assert client.get("/healthz").status_code == 200


def test_a_log_line_never_holds_a_link(tmp_path: Path) -> None:
    world = make_world(url=f"sqlite:///{tmp_path}/responder.db")
    with TestClient(_app(world), raise_server_exceptions=False) as client:
        world.ports.store.engine.dispose()  # type: ignore[attr-defined]
        for file in tmp_path.glob("responder.db*"):
            file.unlink()
        with capture_logs() as lines:
            client.post("/call/a-secret-link")
            client.post("/u/a-secret-link")
    assert lines
    assert "a-secret-link" not in str(lines)


def test_a_slip_inside_the_program_is_told_without_its_inside(stand: Stand) -> None:
    app = _app(stand.world, WebOptions(public_url="https://alerts.example.org"))

    def broken() -> None:
        raise RuntimeError("the inside of the program")

    app.add_api_route("/broken", broken)
    with TestClient(app, raise_server_exceptions=False) as client, capture_logs() as lines:
        page = client.get("/broken")
    assert page.status_code == 500
    assert "inside of the program" not in page.text
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert page.headers["cache-control"] == "no-store"
    assert "strict-transport-security" in page.headers
    assert [line["error"] for line in lines] == ["RuntimeError"]


def test_a_statement_is_released_only_under_its_own_incident(stand: Stand) -> None:
    before = len(_broadcasts(stand))
    where = f"/incidents/{stand.other}/statements/{stand.statement}"
    page = stand.client.post(f"{where}/send", data={"csrf": stand.csrf, "count": "1"})
    program = stand.client.post(f"/api/v1{where}/release", json={}, headers=stand.bearer)
    assert page.status_code == 404
    assert program.status_code == 404
    assert len(_broadcasts(stand)) == before


def _broadcasts(stand: Stand) -> tuple[object, ...]:
    with stand.world.ports.store.read() as work:
        return (*work.broadcasts.of_incident(stand.incident), *work.broadcasts.of_incident(stand.other))


def _events(stand: Stand) -> int:
    look = incidents.look(stand.world.ports, incident_id=stand.incident, by=stand.world.person("Chen"))
    return look.incident.number
