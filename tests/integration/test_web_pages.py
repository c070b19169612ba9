"""Do the pages keep their promises to browsers, residents and machines?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from kit.stage import activated, drafted, signed
from kit.world import World, make_world
from starlette.testclient import TestClient

from responder.core.statement import StatementState
from responder.core.terms import Mode
from responder.db.store_mailbox import SqlMailbox
from responder.engine import broadcasts, statements
from responder.engine.people import OPERATOR, add_token, sign_in_link
from responder.engine.ports.people import Permission
from responder.web.pages.safe_html import safe_html
from responder.web.security import Brake
from responder.web.server import WebOptions, make_app

STATIC = Path(__file__).parents[2] / "responder" / "web" / "static"
TEMPLATES = STATIC.parent / "templates"
PHYSICAL = re.compile(
    r"(?<![-\w])(?:left|right|top|bottom)\s*:|(?:margin|padding|border)-(?:left|right|top|bottom)|"
    r"text-align:\s*(?:left|right)|(?<![-\w])(?:width|height)\s*:|float\s*:"
)


@pytest.fixture
def world() -> World:
    return make_world()


@pytest.fixture
def client(world: World) -> Iterator[TestClient]:
    app = make_app(world.ports, mailbox=SqlMailbox(world.ports.store))  # type: ignore[arg-type]
    with TestClient(app, follow_redirects=False) as found:
        yield found


def _sign_in(client: TestClient, world: World, name: str) -> str:
    link = sign_in_link(world.ports, by=OPERATOR, person_id=world.person(name).id)
    token = _token(client.get("/sign-in").text)
    answer = client.post(f"/sign-in/{link.secret}", data={"csrf": token})
    assert answer.status_code == 303
    return _token(client.get("/me").text)


def _token(html: str) -> str:
    found = re.search(r'name="csrf" value="([^"]+)"', html)
    assert found is not None
    return found[1]


def _released(world: World, mode: Mode) -> str:
    incident = activated(world, mode=mode)
    statement = drafted(world, incident)
    signed(world, incident, statement)
    made = broadcasts.release(
        world.ports, incident_id=incident, statement_id=statement, by=world.person("Bo")
    )
    broadcasts.confirm(world.ports, broadcast_id=made, by=world.person("Chen"))
    world.beat()
    return incident


def test_a_private_page_is_never_stored_and_may_not_be_framed(client: TestClient, world: World) -> None:
    _sign_in(client, world, "Chen")
    headers = client.get("/").headers
    assert headers["cache-control"] == "no-store"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["x-content-type-options"] == "nosniff"
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy


def test_the_session_cookie_is_out_of_reach_for_scripts(client: TestClient, world: World) -> None:
    link = sign_in_link(world.ports, by=OPERATOR, person_id=world.person("Bo").id)
    token = _token(client.get("/sign-in").text)
    cookie = client.post(f"/sign-in/{link.secret}", data={"csrf": token}).headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie


def test_behind_https_the_cookie_is_secure(world: World) -> None:
    options = WebOptions(public_url="https://alerts.example.org")
    app = make_app(world.ports, mailbox=SqlMailbox(world.ports.store), options=options)  # type: ignore[arg-type]
    with TestClient(app, base_url="https://alerts.example.org", follow_redirects=False) as client:
        link = sign_in_link(world.ports, by=OPERATOR, person_id=world.person("Bo").id)
        token = _token(client.get("/sign-in").text)
        answer = client.post(f"/sign-in/{link.secret}", data={"csrf": token})
        assert "secure" in answer.headers["set-cookie"].lower()
        assert "strict-transport-security" in answer.headers


def test_looking_at_a_sign_in_link_does_not_use_it_up(client: TestClient, world: World) -> None:
    link = sign_in_link(world.ports, by=OPERATOR, person_id=world.person("Bo").id)
    for _ in range(3):
        page = client.get(f"/sign-in/{link.secret}")
    assert client.post(f"/sign-in/{link.secret}", data={"csrf": _token(page.text)}).status_code == 303
    assert client.post(f"/sign-in/{link.secret}", data={"csrf": _token(page.text)}).status_code == 403


def test_guessing_links_is_braked(client: TestClient, world: World) -> None:
    token = _token(client.get("/sign-in").text)
    answers = [client.post("/sign-in/made-up", data={"csrf": token}) for _ in range(21)]
    assert "Too many tries" in answers[-1].text


def test_a_brake_lets_go_after_its_time(world: World) -> None:
    brake, now = Brake(most=2, within=timedelta(minutes=1)), world.clock.now()
    assert [brake.allows("a", now) for _ in range(3)] == [True, True, False]
    assert brake.allows("b", now)
    assert brake.allows("a", now + timedelta(minutes=1))


def test_after_sign_in_nobody_is_sent_to_another_site(client: TestClient, world: World) -> None:
    token = _sign_in(client, world, "Bo")
    answer = client.post("/language", data={"csrf": token, "language": "ar", "back": "//evil.example.org"})
    assert answer.headers["location"] == "/"


def test_what_was_released_live_stands_on_the_public_page_in_each_language(
    client: TestClient, world: World
) -> None:
    incident = _released(world, Mode.LIVE)
    for language, direction in (("en", "ltr"), ("es", "ltr"), ("ar", "rtl")):
        page = client.get(f"/public/{language}/{incident}")
        assert page.status_code == 200
        assert f'<html lang="{language}" dir="{direction}">' in page.text
        assert "<script" not in page.text
        styles = sum((STATIC / name).stat().st_size for name in ("tokens.css", "public.css"))
        assert len(page.content) + styles < 30_000
    assert incident in client.get("/public/en/").text


def test_a_reader_who_has_the_public_page_gets_it_only_when_it_changed(
    client: TestClient, world: World
) -> None:
    incident = _released(world, Mode.LIVE)
    first = client.get(f"/public/en/{incident}")
    again = client.get(f"/public/en/{incident}", headers={"if-none-match": first.headers["etag"]})
    assert again.status_code == 304
    assert "max-age" in first.headers["cache-control"]


def test_an_exercise_never_stands_on_a_public_page(client: TestClient, world: World) -> None:
    incident = _released(world, Mode.EXERCISE)
    assert client.get(f"/public/en/{incident}").status_code == 404
    assert incident not in client.get("/public/en/").text
    assert client.get(f"/incidents/{incident}/public/en").status_code == 303


def test_metrics_are_open_on_loopback_only(world: World) -> None:
    app = make_app(world.ports, mailbox=SqlMailbox(world.ports.store))  # type: ignore[arg-type]
    near = TestClient(app, client=("127.0.0.1", 50000), base_url="http://127.0.0.1:8000")
    assert near.get("/metrics").status_code == 200
    assert near.get("/metrics", headers={"x-forwarded-for": "192.0.2.1"}).status_code == 401
    assert TestClient(app, client=("192.0.2.1", 50000)).get("/metrics").status_code == 401
    behind = WebOptions(public_url="https://alerts.example.org")
    public = make_app(world.ports, mailbox=SqlMailbox(world.ports.store), options=behind)  # type: ignore[arg-type]
    assert TestClient(public, client=("127.0.0.1", 50000)).get("/metrics").status_code == 401


def test_metrics_with_a_token_need_the_token(world: World) -> None:
    options = WebOptions(metrics_token="a made-up token")
    app = make_app(world.ports, mailbox=SqlMailbox(world.ports.store), options=options)  # type: ignore[arg-type]
    client = TestClient(app, client=("192.0.2.1", 50000))
    assert client.get("/metrics").status_code == 401
    answer = client.get("/metrics", headers={"authorization": "Bearer a made-up token"})
    assert answer.status_code == 200
    assert "responder_info" in answer.text


def test_the_process_says_that_it_is_alive_and_ready(client: TestClient) -> None:
    assert client.get("/healthz").text == "ok\n"
    assert client.get("/readyz").text == "ready\n"


def test_the_openapi_names_the_api_and_no_page(client: TestClient) -> None:
    paths = client.get("/api/v1/openapi.json").json()["paths"]
    assert "/api/v1/incidents/{incident}/statements/{statement}/sign" in paths
    assert all(path.startswith("/api/v1/") for path in paths)


def test_a_program_reads_an_incident_with_its_token(client: TestClient, world: World) -> None:
    incident = activated(world)
    token = add_token(
        world.ports,
        by=world.person("Chen"),
        expires=world.clock.now() + timedelta(days=1),
        permission=Permission.VIEWER,
        name="a screen in the hall",
    )
    headers = {"authorization": f"Bearer {token.secret}"}
    shown = client.get(f"/api/v1/incidents/{incident}", headers=headers).json()
    assert shown["mode"] == "exercise"
    assert [entry["key"] for entry in shown["open"]] == ["confirm_report#1"]
    refused = client.post(f"/api/v1/incidents/{incident}/log", headers=headers, json={"text": "no"})
    assert refused.status_code == 403
    assert set(refused.json()) == {"error", "mend"}


def test_a_body_that_cannot_be_read_says_where(client: TestClient, world: World) -> None:
    incident = activated(world)
    token = add_token(
        world.ports,
        by=world.person("Chen"),
        expires=world.clock.now() + timedelta(days=1),
        permission=Permission.STAFF,
        owner=world.person("Chen").id,
    )
    answer = client.post(
        f"/api/v1/incidents/{incident}/log",
        headers={"authorization": f"Bearer {token.secret}"},
        json={"txt": "a slip"},
    )
    assert answer.status_code == 400
    assert "text" in answer.json()["error"]


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("<p>Stay <b>away</b></p>", "<p>Stay <b>away</b></p>"),
        ("<script>alert(1)</script>ok", "ok"),
        ('<a href="javascript:alert(1)">x</a>', "<a>x</a>"),
        ('<a href="https://example.org" onclick="x()">x</a>', '<a href="https://example.org">x</a>'),
        ('<p style="color:red" dir="rtl">x', '<p dir="rtl">x</p>'),
        ("<img src=x onerror=alert(1)>x", "x"),
        ("1 < 2 & 3", "1 &lt; 2 &amp; 3"),
        ("<h1>Title</h1>", "<h2>Title</h2>"),
        ('<a href="//example.com">x</a>', "<a>x</a>"),
        ('<a href="java\tscript:alert(1)">x</a>', "<a>x</a>"),
    ],
)
def test_only_plain_marks_of_a_text_reach_a_page(given: str, kept: str) -> None:
    assert safe_html(given) == kept


@pytest.mark.parametrize("sheet", sorted(STATIC.glob("*.css")), ids=lambda path: path.name)
def test_a_style_sheet_knows_no_left_and_right(sheet: Path) -> None:
    found = [line.strip() for line in sheet.read_text(encoding="utf-8").splitlines() if PHYSICAL.search(line)]
    assert not found


@pytest.mark.parametrize("template", sorted(TEMPLATES.glob("*.html")), ids=lambda path: path.name)
def test_a_template_holds_no_script_and_no_style_of_its_own(template: Path) -> None:
    text = template.read_text(encoding="utf-8")
    assert not re.search(r"\sstyle=|\son\w+=|javascript:", text)
    if template.name != "report_file.html":  # a file that stands alone carries its style sheet
        assert "<style" not in text
    assert not re.search(r"<script(?![^>]*\ssrc=)", text)


def test_our_own_assets_stay_small() -> None:
    assert sum(path.stat().st_size for path in STATIC.rglob("*") if path.is_file()) <= 100_000


def test_the_mark_of_a_state_is_no_class_of_a_part() -> None:
    """A state wears its mark as a class: “call” once was that of a box too, and each call had a frame."""
    pages = "\n".join(path.read_text(encoding="utf-8") for path in (STATIC.parent / "pages").glob("*.py"))
    marks = set(re.findall(r'State\("(\w+)"', pages))
    sheets = "\n".join(path.read_text(encoding="utf-8") for path in STATIC.glob("*.css"))
    alone = set(re.findall(r"^\s*\.([\w-]+)(?=\s*[,{])", sheets, re.MULTILINE))
    assert marks
    assert not marks & alone


def test_a_statement_that_was_withdrawn_keeps_its_place_and_loses_its_words(
    client: TestClient, world: World
) -> None:
    incident = _released(world, Mode.LIVE)
    world.wind(minutes=5)
    before = client.get(f"/public/en/{incident}").text
    assert "King Street" in before
    found = statements.list_statements(world.ports, incident_id=incident)
    statement = next(one.id for one in found if one.state is StatementState.RELEASED)
    statements.withdraw(
        world.ports, statement_id=statement, reason="The place was wrong", by=world.person("Bo")
    )
    after = client.get(f"/public/en/{incident}").text
    assert "This was withdrawn. Do not rely on it." in after
    assert "King Street" not in after.partition("</h1>")[2]


def test_nobody_learns_from_a_public_address_what_is_there_and_not_public(
    client: TestClient, world: World
) -> None:
    drill = _released(world, Mode.EXERCISE)
    there, nowhere = client.get(f"/public/en/{drill}"), client.get("/public/en/nowhere")
    assert there.status_code == nowhere.status_code == 404
    assert there.text.replace(drill, "nowhere") == nowhere.text


def test_an_etag_that_a_proxy_made_weak_still_counts(client: TestClient, world: World) -> None:
    incident = _released(world, Mode.LIVE)
    world.wind(minutes=5)
    tag = client.get(f"/public/en/{incident}").headers["etag"]
    again = client.get(f"/public/en/{incident}", headers={"if-none-match": f'"other", W/{tag}'})
    assert again.status_code == 304


def test_the_report_folds_what_never_went_out(client: TestClient, world: World) -> None:
    incident = activated(world)
    drafted(world, incident)
    _sign_in(client, world, "Chen")
    page = client.get(f"/incidents/{incident}/report").text
    assert "1 draft never went out" in page
    assert "No statement was sent." in page


def test_while_nothing_has_left_it_is_undone_and_not_stopped(client: TestClient, world: World) -> None:
    incident = activated(world)
    statement = drafted(world, incident)
    signed(world, incident, statement)
    made = broadcasts.release(
        world.ports, incident_id=incident, statement_id=statement, by=world.person("Bo")
    )
    _sign_in(client, world, "Chen")
    for path in ("", f"/broadcasts/{made}"):
        page = client.get(f"/incidents/{incident}{path}").text
        assert "Undo" in page
        assert "btn stop" not in page
