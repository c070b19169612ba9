"""Is every page free of barriers that a machine can find? axe, on a phone and a laptop, day and night."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from axe_playwright_python.sync_playwright import Axe
from kit.browsing import Served, serving, sign_in
from kit.stage import activated, drafted, signed
from kit.world import make_world
from playwright.sync_api import Browser, Page

from responder.engine import broadcasts

pytestmark = pytest.mark.browser

SIZES = ((320, "dark", "en"), (390, "light", "ar"), (1280, "light", "en"), (1280, "dark", "es"))
PAGES = {
    "incidents": "/",
    "my tasks": "/mine",
    "people": "/people",
    "me": "/me",
    "choose a playbook": "/activate",
    "activate": "/activate/first-hour",
    "now": "{home}",
    "tasks": "{home}/tasks",
    "a task": "{home}/entries/confirm_report~1",
    "a gate": "{home}/entries/principles~1",
    "a decision": "{home}/entries/name_motive~1",
    "statements": "{home}/statements",
    "a statement": "{home}/statements/{statement}",
    "its email": "{home}/statements/{statement}?channel=email",
    "edit": "{home}/statements/{statement}/edit?language=ar&channel=sms",
    "send": "{home}/statements/{statement}/send",
    "send desk": "{home}/broadcasts",
    "a broadcast": "{home}/broadcasts/{broadcast}",
    "mailbox": "{home}/mailbox",
    "log": "{home}/log",
    "people of the incident": "{home}/people",
    "report": "{home}/report",
    "more": "{home}/more",
    "a fact": "{home}/facts/incident_type",
    "close a phase": "{home}/phases/first_hour",
    "stand down": "{home}/stand-down",
    "public": "{home}/public/ar",
    "public list": "/public/en/",
    "sign in": "/sign-in",
    "call": "/call/made-up",
    "leave": "/u/made-up",
    "nowhere": "/nowhere",
}


@dataclass
class Night:
    """A served world in the middle of an exercise."""

    house: Served
    names: dict[str, str]


@pytest.fixture(scope="module")
def night() -> Iterator[Night]:
    world = make_world()
    incident = activated(world)
    statement = drafted(world, incident)
    signed(world, incident, statement)
    broadcast = broadcasts.release(
        world.ports, incident_id=incident, statement_id=statement, by=world.person("Bo")
    )
    broadcasts.confirm(world.ports, broadcast_id=broadcast, by=world.person("Chen"))
    world.beat()
    names = {"home": f"/incidents/{incident}", "statement": statement, "broadcast": broadcast}
    with serving(world) as house:
        yield Night(house, names)


@pytest.fixture(scope="module", params=SIZES, ids=lambda size: f"{size[0]}-{size[1]}-{size[2]}")
def page(request: pytest.FixtureRequest, browser: Browser, night: Night) -> Iterator[Page]:
    width, scheme, language = request.param
    context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)
    context.add_cookies([{"name": "responder_language", "value": language, "url": night.house.address}])
    yield sign_in(context, night.house, "Chen")
    context.close()


@pytest.mark.parametrize("name", PAGES)
def test_a_page_has_no_barrier_and_no_side_scroll(page: Page, night: Night, name: str) -> None:
    page.goto(night.house.address + PAGES[name].format(**night.names))
    found = Axe().run(page)
    told = [f"{one['id']}: {one['nodes'][0]['html'][:160]}" for one in found.response["violations"]]
    assert not told, "\n".join(told)
    width = page.viewport_size["width"] if page.viewport_size else 0
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("name", PAGES)
def test_what_is_pressed_is_large_enough_for_a_thumb(page: Page, night: Night, name: str) -> None:
    page.goto(night.house.address + PAGES[name].format(**night.names))
    small = page.evaluate(
        """() => [...document.querySelectorAll('button, .btn, summary, .nav a, select, .seg label, .check')]
          .filter(e => e.getClientRects().length && !e.closest('.vh'))
          .map(e => [e.getBoundingClientRect(), e])
          .filter(([r]) => r.height < 43.5 || r.width < 43.5)
          .map(([r, e]) => `${e.outerHTML.slice(0, 90)} ${r.width.toFixed()} x ${r.height.toFixed()}`)"""
    )
    assert not small
