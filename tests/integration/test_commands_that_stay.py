"""Do the commands that stay, serve and worker, end when asked, and begin again after they were killed?"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from kit.installed import free_port

RESPONDER = (sys.executable, "-c", "from responder.app.cli import main; main()")
PATIENCE = 60

Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Start `responder …` in a folder of its own; returns once it says the word that is waited for."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("RESPONDER_")}
    with ExitStack() as stack:

        def start(*words: str, says: str) -> subprocess.Popen[str]:
            process = subprocess.Popen(
                (*RESPONDER, *words), cwd=tmp_path, env=clean, stderr=subprocess.PIPE, text=True
            )
            assert process.stderr is not None
            stack.callback(process.stderr.close)
            stack.callback(process.wait, PATIENCE)
            stack.callback(process.kill)
            told = ""
            for line in process.stderr:
                told += line
                if says in line:
                    return process
            pytest.fail(f"It ended before it said “{says}”: {told}")

        yield start


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_serve_ends_in_order_when_it_is_asked(start: Start, number: signal.Signals) -> None:
    process = start("serve", "--port", str(free_port()), says="Pages on")
    process.send_signal(number)
    _, rest = process.communicate(timeout=PATIENCE)
    assert (process.returncode, rest) == (0, "Stopped.\n")


def test_pages_and_worker_share_one_file_and_end_in_order(start: Start) -> None:
    web = start("serve", "--no-worker", "--port", str(free_port()), says="Pages on")
    worker = start("worker", says="Working as")
    for process in (web, worker):
        process.send_signal(signal.SIGTERM)
        _, rest = process.communicate(timeout=PATIENCE)
        assert (process.returncode, rest) == (0, "Stopped.\n")


def test_after_a_kill_it_starts_on_the_same_port(start: Start) -> None:
    port = str(free_port())
    process = start("serve", "--port", port, says="Pages on")
    process.kill()
    process.wait(PATIENCE)
    again = start("serve", "--port", port, says="Pages on")
    again.send_signal(signal.SIGTERM)
    assert again.wait(PATIENCE) == 0


def test_a_taken_port_is_said(start: Start) -> None:
    port = str(free_port())
    start("serve", "--port", port, says="Pages on")
    refused = start("serve", "--port", port, says=f"port {port}")
    assert refused.wait(PATIENCE) == 1
