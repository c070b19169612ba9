"""Does every act work in a browser that runs no scripts? Write, sign, send, stop; and by keyboard alone."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from kit.browsing import Served, sign_in
from kit.stage import activated, drafted
from playwright.sync_api import Browser, BrowserContext, Page, expect

from responder.core.broadcast import BroadcastState
from responder.engine import broadcasts

pytestmark = pytest.mark.browser


@pytest.fixture
def plain(browser: Browser) -> Iterator[BrowserContext]:
    """A browser that runs no scripts."""
    context = browser.new_context(java_script_enabled=False)
    yield context
    context.close()


def _as(browser: Browser, served: Served, name: str, *, scripts: bool = False) -> Page:
    """One of the cast, who chose to read the pages in English."""
    context = browser.new_context(java_script_enabled=scripts)
    context.set_default_timeout(10_000)
    context.add_cookies([{"name": "responder_language", "value": "en", "url": served.address}])
    return sign_in(context, served, name)


def test_the_cast_writes_signs_sends_and_stops_without_scripts(browser: Browser, served: Served) -> None:
    incident = activated(served.world)
    statement = drafted(served.world, incident)
    home = f"{served.address}/incidents/{incident}"
    there = f"{home}/statements/{statement}"

    bo = _as(browser, served, "Bo")
    bo.goto(there)
    bo.get_by_role("button", name="Ask for signatures").click()
    expect(bo.get_by_text("Waits for signatures").first).to_be_visible()

    for name in ("Chen", "Amina"):
        signer = _as(browser, served, name)
        signer.goto(there)
        signer.get_by_role("button", name=re.compile("^Sign as")).first.click()
    for name, language in (("Farid", "Arabic"), ("Dara", "Spanish")):
        reader = _as(browser, served, name)
        reader.goto(there)
        reader.get_by_label(re.compile(f"I read {language}")).check()
        reader.get_by_role("button", name=f"Sign {language}").click()

    bo.goto(there)
    bo.get_by_role("link", name="Look at who gets it").click()
    count = re.search(
        r"([\d,]+) messages", bo.get_by_role("heading", name=re.compile("Who gets it")).inner_text()
    )
    assert count is not None
    bo.get_by_label("How many messages will leave?").fill(count[1])
    bo.get_by_role("button", name="Give my word to send it").click()
    bo.wait_for_url(re.compile("/broadcasts/"))
    broadcast = bo.url.rsplit("/", 1)[1]

    chen = _as(browser, served, "Chen")
    chen.goto(bo.url)
    chen.get_by_label("How many messages will leave?").fill("1")
    chen.get_by_role("button", name="Give my word: send it").click()
    expect(chen.get_by_role("alert")).to_be_visible()
    assert _state(served, broadcast) is BroadcastState.DRAFT
    chen.goto(bo.url)
    chen.get_by_label("How many messages will leave?").fill(count[1])
    chen.get_by_role("button", name="Give my word: send it").click()
    stop = chen.get_by_role("button", name="Stop", exact=True)  # it is urgent: there is nothing to undo
    expect(stop).to_be_visible()
    assert _state(served, broadcast) is not BroadcastState.DRAFT

    stop.click()
    expect(chen.get_by_text("Stopped").first).to_be_visible()
    assert _state(served, broadcast) is BroadcastState.STOPPED


def test_an_error_page_says_what_happened_and_what_did_not(served: Served, plain: BrowserContext) -> None:
    incident = activated(served.world)
    page = sign_in(plain, served, "Chen")
    page.goto(f"{served.address}/incidents/{incident}/log")
    page.get_by_label("Add a note").fill(" ")
    page.get_by_role("button", name="Add it").click()
    expect(page.get_by_role("alert")).to_contain_text("The note is empty.")
    expect(page.get_by_role("alert")).to_contain_text("Nothing was changed.")
    page.get_by_role("link", name="Back to the page").click()
    expect(page.get_by_role("heading", name="Log")).to_be_visible()


def test_a_task_is_done_by_keyboard_alone(browser: Browser, served: Served) -> None:
    incident = activated(served.world)
    page = sign_in(browser.new_context(), served, "Chen")
    page.goto(f"{served.address}/incidents/{incident}/entries/confirm_report~1")
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_text("Skip to content")
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.name") == "note":
            page.keyboard.type("Confirmed by phone")
        if page.evaluate("document.activeElement.textContent.trim()") == "Mark as done":
            break
    page.keyboard.press("Enter")
    page.wait_for_url(f"{served.address}/incidents/{incident}")
    page.goto(f"{served.address}/incidents/{incident}/entries/confirm_report~1")
    expect(page.locator("main")).to_contain_text("Done")


def test_an_exercise_says_so_on_every_page(browser: Browser, served: Served) -> None:
    incident = activated(served.world)
    page = _as(browser, served, "Amina", scripts=True)
    for path in (
        "",
        "/tasks",
        "/statements",
        "/broadcasts",
        "/log",
        "/people",
        "/report",
        "/more",
        "/mailbox",
    ):
        page.goto(f"{served.address}/incidents/{incident}{path}")
        expect(page.locator(".band .mode")).to_have_text("EXERCISE")
        expect(page.locator("body")).to_have_class(re.compile("drillmode"))
        expect(page.locator(".drillfoot")).to_contain_text("No resident can be reached from here.")


def _state(served: Served, broadcast: str) -> BroadcastState:
    return broadcasts.status(served.world.ports, broadcast_id=broadcast).broadcast.state
