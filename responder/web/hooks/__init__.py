"""Where do providers tell what became of messages, and hand over what residents answer?"""

from __future__ import annotations

from responder.web.hooks.letterbox import Letterbox
from responder.web.hooks.twilio import Replies, Webhooks, twilio_router

__all__ = ["Letterbox", "Replies", "Webhooks", "twilio_router"]
