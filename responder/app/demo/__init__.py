"""What does the program look like at work? An exercise of the flagship playbook, played by a made-up cast."""

from __future__ import annotations

from responder.app.demo.play import DemoOptions, Played, play

__all__ = ["DemoOptions", "Played", "play"]
