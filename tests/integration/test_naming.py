"""Can two processes work under one name? Only one at a time, and a dead one holds nothing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from responder.app.naming import own_name
from responder.app.settings import Settings
from responder.core.errors import Unavailable

HOLDER = """
import sys, time
from pathlib import Path
from responder.app.naming import own_name
from responder.app.settings import Settings
with own_name(Settings(data_dir=Path(sys.argv[1]), node_name="one")):
    print("holding", flush=True)
    time.sleep(60)
"""


def test_a_second_process_of_one_name_is_told_what_to_do(tmp_path: Path) -> None:
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(tmp_path)], stdout=subprocess.PIPE, text=True
    )
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "holding\n"
        with pytest.raises(Unavailable, match="RESPONDER_NODE_NAME"), own_name(_settings(tmp_path, "one")):
            pytest.fail("Both hold it.")
        with own_name(_settings(tmp_path, "two")):
            pass
        os.kill(holder.pid, signal.SIGKILL)
        holder.wait()
        with own_name(_settings(tmp_path, "one")):
            pass
    finally:
        holder.kill()
        holder.wait()
        assert holder.stdout is not None
        holder.stdout.close()


def _settings(place: Path, name: str) -> Settings:
    return Settings(data_dir=place, node_name=name)
