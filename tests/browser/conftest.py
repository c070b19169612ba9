"""What do the browser tests stand on? A whole program on loopback, the cast, and the system's Chromium."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from kit.browsing import CHROMIUM, FLAGS, Served, serving
from kit.world import make_world
from playwright.sync_api import Browser, sync_playwright


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The system's Chromium; without one these tests are skipped and say so, and in CI they fail."""
    if CHROMIUM is None:
        said = "No Chromium on this machine: install the package `chromium` to run the browser tests."
        if os.environ.get("CI"):
            pytest.fail(said)
        pytest.skip(said)
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield found
        found.close()


@pytest.fixture
def served() -> Iterator[Served]:
    with serving(make_world()) as house:
        yield house
