"""Can a program do what the pages do, and neither more nor less? And who may be left out of a statement?"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from fastapi.routing import APIRoute
from kit.stage import activated, drafted, signed
from kit.world import World, make_world
from starlette.testclient import TestClient

from responder.core.statement import Statement
from responder.core.terms import AudienceDefinition
from responder.db.store_mailbox import SqlMailbox
from responder.engine import broadcasts, incidents, statements
from responder.engine.people import OPERATOR, add_token, sign_in_link
from responder.engine.situation.statement import StatementSituation
from responder.web.api import DOORS as API
from responder.web.pages import DOORS as PAGES
from responder.web.pages.narrowing import Kept, narrowed
from responder.web.server import make_app

_STATEMENT = "/incidents/{incident}/statements/{statement}"
ELSEWHERE = {
    "/activate/{playbook}": "/incidents",
    "/incidents/{incident}/dates": "/incidents/{incident}/anchors/{anchor}",
    "/incidents/{incident}/log/note": "/incidents/{incident}/log",
    "/incidents/{incident}/open": "/incidents/{incident}/entries",
    "/incidents/{incident}/entries/{key}/open": "/incidents/{incident}/entries",
    f"{_STATEMENT}/send": f"{_STATEMENT}/release",
}
"""What a page posts to, and where a program posts the same."""
NOT_FOR_PROGRAMS = {"/activate/{playbook}/check"}
"""The page that asks once more before an activation."""


@dataclass(frozen=True)
class Program:
    """Somebody's own token at work."""

    client: TestClient
    world: World
    secret: str

    def get(self, path: str) -> Any:
        answer = self.ask("GET", path)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def post(self, path: str, body: Mapping[str, object] | None = None) -> Any:
        return self.ask("POST", path, body or {})

    def ask(self, method: str, path: str, body: Mapping[str, object] | None = None) -> Any:
        headers = {"authorization": f"Bearer {self.secret}"}
        return self.client.request(method, f"/api/v1{path}", headers=headers, json=body)


@pytest.fixture
def world() -> World:
    return make_world()


@pytest.fixture
def client(world: World) -> Iterator[TestClient]:
    app = make_app(world.ports, mailbox=SqlMailbox(world.ports.store))  # type: ignore[arg-type]
    with TestClient(app, follow_redirects=False) as found:
        yield found


@pytest.fixture
def program(client: TestClient, world: World) -> Program:
    return _program(client, world, "Bo")


def _program(client: TestClient, world: World, name: str) -> Program:
    token = add_token(
        world.ports,
        by=world.person("Chen"),
        expires=world.clock.now() + timedelta(days=1),
        permission=world.person(name).permission,
        owner=world.person(name).id,
    )
    return Program(client, world, token.secret)


def _sign_in(client: TestClient, world: World, name: str) -> str:
    link = sign_in_link(world.ports, by=OPERATOR, person_id=world.person(name).id)
    client.post(f"/sign-in/{link.secret}", data={"csrf": _token(client.get("/sign-in").text)})
    return _token(client.get("/me").text)


def _token(html: str) -> str:
    found = re.search(r'name="csrf" value="([^"]+)"', html)
    assert found is not None
    return found[1]


def _standing(world: World, incident: str, statement: str) -> StatementSituation:
    return statements.approval_of(world.ports, incident_id=incident, statement_id=statement)


def _statement(world: World, incident: str, statement: str) -> Statement:
    return _standing(world, incident, statement).statement


def _proposed(world: World) -> tuple[str, str, str]:
    incident = activated(world)
    statement = drafted(world, incident)
    signed(world, incident, statement)
    bo = world.person("Bo")
    made = broadcasts.release(world.ports, incident_id=incident, statement_id=statement, by=bo)
    return incident, statement, made


def _released(world: World) -> tuple[str, str, str]:
    incident, statement, made = _proposed(world)
    broadcasts.confirm(world.ports, broadcast_id=made, by=world.person("Chen"))
    world.beat()
    return incident, statement, made


def _routes(doors: tuple[Any, ...]) -> dict[str, APIRoute]:
    return {
        route.path: route
        for door in doors
        for route in door.router.routes
        if isinstance(route, APIRoute) and "POST" in route.methods
    }


def test_every_act_of_the_pages_is_there_for_programs_with_the_same_permission() -> None:
    for path, route in _routes(PAGES).items():
        act = route.endpoint.act
        if act is None or path in NOT_FOR_PROGRAMS:
            continue
        same = _routes(API).get(f"/api/v1{ELSEWHERE.get(path, path)}")
        assert same is not None, path
        assert same.endpoint.act == act, path


def test_a_program_reads_playbooks_as_the_command_line_does(program: Program) -> None:
    """Staff may activate them, so staff may read them; a screen in the hall may not."""
    lines = {line["id"]: line for line in program.get("/playbooks")["playbooks"]}
    assert lines["first-hour"]["errors"] == 0
    assert "file" not in lines["first-hour"]
    shown = program.get("/playbooks/first-hour")
    assert "confirm_report" in {entry["id"] for entry in shown["entries"]}
    assert program.get("/playbooks/first-hour/check")["sound"] is True
    assert program.ask("GET", "/playbooks/none").status_code == 404
    viewer = _program(program.client, program.world, "Eve")
    assert viewer.ask("GET", "/playbooks/first-hour").status_code == 403


def test_contacts_are_masked_counted_and_stopped(program: Program, world: World) -> None:
    activated(world, contacts=30)
    page = program.get("/contacts?limit=10")["contacts"]
    assert len(page) == 10
    assert all("•" in one["phone"] or not one["phone"] for one in page)
    rest = program.get(f"/contacts?limit=1000&after={page[-1]['id']}")["contacts"]
    assert {one["id"] for one in rest}.isdisjoint({one["id"] for one in page})
    before = program.get("/contacts/counts")
    assert before["contacts"] == 30
    assert program.post(f"/contacts/{page[0]['id']}/stop").json()["addresses"] >= 1
    assert program.get("/contacts/counts")["by_state"] != before["by_state"]
    assert program.post("/contacts/999999/stop").status_code == 404
    number = {"address": "+1 202 555 0199"}
    assert program.post("/contacts/stop", number).json() == {"contacts": 0}
    assert program.post("/contacts/start", number).json() == {"contacts": 0}
    assert program.post("/contacts/stop", {"address": "nowhere"}).status_code == 400
    assert program.get("/inbox") == {"texts": []}


def test_people_are_listed_without_their_addresses(program: Program, world: World) -> None:
    incident = activated(world)
    found = program.get("/people")
    assert "Chen" in {one["name"] for one in found["people"]}
    assert not {"email", "phone"} & set(found["people"][0])
    here = program.ask("GET", f"/incidents/{incident}/people").text
    assert "token" not in here
    roles = program.get(f"/incidents/{incident}/people")["roles"]
    assert any(role["holders"] for role in roles.values())
    mine = program.get("/mine")["incidents"]
    assert [one["incident"] for one in mine] == [incident]


def test_what_lies_around_an_incident_is_there_for_programs(program: Program, world: World) -> None:
    incident, _statement_id, broadcast = _released(world)
    home = f"/incidents/{incident}"
    phase = next(iter(program.get(home)["phases"]))
    assert "stays_open" in program.get(f"{home}/phases/{phase}")
    assert "registers" in program.get(f"{home}/registers")
    assert "errands" in program.get(f"{home}/errands")
    assert program.get(f"{home}/version") == {"changes": []}
    assert program.post(f"{home}/version", {"reason": "new files"}).status_code in (403, 409)
    assert program.post(f"{home}/names", {"names": ["A. Nobody"]}).json() == {"new": 1, "restricted": 1}
    sent = program.get(f"{home}/broadcasts/{broadcast}/deliveries?limit=5")["deliveries"]
    assert all("address" not in row for row in sent)
    assert program.get(f"{home}/broadcasts/{broadcast}/unknowns") == {"deliveries": []}
    assert program.ask("GET", f"{home}/broadcasts/none/deliveries").status_code == 404
    box = program.get(f"{home}/mailbox?channel=sms&limit=2")
    assert set(box) == {"letters", "count"}
    for letter in box["letters"]:
        assert program.get(f"{home}/mailbox/{letter['number']}")["text"] == letter["text"]


@pytest.mark.parametrize("field", ["facts", "activate"])
def test_an_area_that_the_city_does_not_have_is_refused(program: Program, world: World, field: str) -> None:
    incident = activated(world)
    if field == "facts":
        answer = program.post(f"/incidents/{incident}/facts/avoid_area", {"value": ["harbor"]})
    else:
        body = {"playbook": "first-hour", "mode": "exercise", "facts": {"avoid_area": ["harbor"]}}
        answer = _program(program.client, world, "Chen").post("/incidents", body)
    assert answer.status_code == 400
    assert answer.json()["error"].startswith("“harbor” is not an area of the city")
    assert answer.json()["mend"] == "Did you mean harbour?"
    facts = incidents.look(world.ports, incident_id=incident, by=world.person("Bo")).incident.facts
    assert facts["avoid_area"].value == ("harbour",)


def test_a_page_refuses_an_area_that_the_city_does_not_have(client: TestClient, world: World) -> None:
    incident = activated(world)
    csrf = _sign_in(client, world, "Bo")
    answer = client.post(
        f"/incidents/{incident}/facts/avoid_area", data={"csrf": csrf, "learn.avoid_area": "atlantis"}
    )
    assert answer.status_code == 400
    assert "“atlantis” is not an area of the city" in answer.text


def test_a_program_narrows_who_hears_a_statement_and_cannot_widen_it(program: Program, world: World) -> None:
    incident = activated(world)
    statement = drafted(world, incident)
    where = f"/incidents/{incident}/statements/{statement}/narrow"
    before = _statement(world, incident, statement)
    everybody: dict[str, object] = {one.id: {} for one in before.frame.audiences}
    named = next(iter(everybody))

    def narrow(version: int, **kept: object) -> Any:
        return program.post(where, {"version": version, "audiences": {**everybody, named: kept}})

    assert narrow(before.version, lists=["residents", "staff"]).status_code == 403
    assert narrow(before.version, areas=["harbor"]).status_code == 400
    assert program.post(where, {"version": before.version, "audiences": {}}).status_code == 400
    unknown = {"version": before.version, "audiences": {"moon": {}}}
    assert program.post(where, unknown).status_code == 404
    assert narrow(before.version).status_code == 200
    assert _statement(world, incident, statement).version == before.version
    assert narrow(before.version, areas=["harbour", "old_town"]).status_code == 200
    after = _statement(world, incident, statement)
    assert after.frame.audiences[0].areas == ("harbour", "old_town")
    assert narrow(before.version, areas=["harbour"]).status_code == 409
    assert narrow(after.version, areas=["harbour", "riverside"]).status_code == 403
    assert narrow(after.version, areas=[]).status_code == 403


def test_a_page_narrows_who_hears_a_statement_by_boxes(client: TestClient, world: World) -> None:
    incident = activated(world)
    statement = drafted(world, incident)
    page = f"/incidents/{incident}/statements/{statement}"
    csrf = _sign_in(client, world, "Bo")
    before = _statement(world, incident, statement)
    shown = client.get(page).text
    ticked = re.findall(
        r'type="checkbox" name="((?:lists|areas|organisations)\.\w+)" value="(\w+)" checked', shown
    )
    form: dict[str, list[str]] = {}
    for name, value in ticked:
        form.setdefault(name, []).append(value)
    audience = before.frame.audiences[0].id
    base: dict[str, Any] = {"csrf": csrf, "version": str(before.version)}
    assert client.post(f"{page}/narrow", data=base | form).status_code == 303
    assert _statement(world, incident, statement).version == before.version
    none = client.post(f"{page}/narrow", data=base | form | {f"areas.{audience}": []})
    assert none.status_code == 400
    assert "No area of" in none.text
    added = client.post(f"{page}/narrow", data=base | form | {f"lists.{audience}": ["residents", "staff"]})
    assert added.status_code == 403
    chosen = base | form | {f"areas.{audience}": ["harbour"]}
    assert client.post(f"{page}/narrow", data=chosen).status_code == 303
    assert _statement(world, incident, statement).frame.audiences[0].areas == ("harbour",)
    shown = client.get(page).text
    assert f'name="areas.{audience}" value="harbour"' in shown
    assert f'name="areas.{audience}" value="riverside"' not in shown


def test_an_audience_of_which_nobody_stays_goes_and_one_by_area_stays() -> None:
    listed = AudienceDefinition("listed", "Listed", lists=("residents", "staff"))
    local = AudienceDefinition("local", "Local", areas=("harbour", "old_town"))
    kept = {"listed": Kept(lists=()), "local": Kept(areas=("old_town",))}
    assert [one.areas for one in narrowed((listed, local), kept)] == [("old_town",)]
    kept = {"listed": Kept(lists=("staff", "residents"))}
    assert narrowed((listed, local), kept) == (listed,)


def test_narrowing_asks_everybody_who_signed_again(program: Program, world: World) -> None:
    incident = activated(world)
    statement = drafted(world, incident)
    signed(world, incident, statement)
    before = _standing(world, incident, statement)
    assert before.approval.source_signed
    wide = {one.id: {"areas": ["harbour"]} for one in before.statement.frame.audiences}
    body = {"version": before.statement.version, "audiences": wide}
    where = f"/incidents/{incident}/statements/{statement}"
    assert program.post(f"{where}/narrow", body).status_code == 200
    assert not _standing(world, incident, statement).approval.source_signed


def test_what_was_sent_can_be_edited_by_nobody(program: Program, client: TestClient, world: World) -> None:
    incident, statement, broadcast = _released(world)
    where = f"/incidents/{incident}/statements/{statement}"
    before = _standing(world, incident, statement)
    with world.ports.store.read() as work:
        said = work.broadcasts.published([broadcast])
    version = before.statement.version
    edit = {"version": version, "language": "en", "channel": "sms", "text": "Something else."}
    wide = {one.id: {"areas": ["harbour"]} for one in before.statement.frame.audiences}
    for verb, body in (
        ("edit", edit),
        ("fill", {"version": version, "values": {"place": "Queen Street"}}),
        ("narrow", {"version": version, "audiences": wide}),
    ):
        answer = program.post(f"{where}/{verb}", body)
        assert answer.status_code in (400, 403), f"{verb} {answer.text}"
    assert _standing(world, incident, statement) == before
    with world.ports.store.read() as work:
        assert work.broadcasts.published([broadcast]) == said
    _sign_in(client, world, "Bo")
    page = client.get(where).text
    assert f"{where}/edit" not in page
    assert f"{where}/narrow" not in page
    assert f"{where}/fill" not in page
    answer = client.get(f"{where}/edit?language=en&channel=sms")
    assert answer.status_code == 403
    assert "This text was sent" in answer.text


def test_a_text_edited_between_two_words_is_not_sent_on_the_second(program: Program, world: World) -> None:
    incident, statement, broadcast = _proposed(world)
    version = _statement(world, incident, statement).version
    edit = {"version": version, "language": "en", "channel": "sms", "text": "Something else."}
    assert program.post(f"/incidents/{incident}/statements/{statement}/edit", edit).status_code == 200
    answer = _program(program.client, world, "Chen").post(
        f"/incidents/{incident}/broadcasts/{broadcast}/confirm"
    )
    assert answer.status_code in (403, 409)
    assert _standing(world, incident, statement).released == ()
