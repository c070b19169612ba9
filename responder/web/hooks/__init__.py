"""Where do providers tell what became of messages, and hand over what residents answer?"""

from __future__ import annotations

from responder.web.hooks.letterbox import Letterbox
from responder.web.hooks.twilio import Desk, Webhooks, desk_router, twilio_router

__all__ = ["Desk", "Letterbox", "Webhooks", "desk_router", "twilio_router"]
