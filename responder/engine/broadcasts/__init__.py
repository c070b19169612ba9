"""The desk of broadcasts: who may send what to whom, and how it is carried out.

People ask `preview release confirm pause resume stop status deliveries unknowns reach`. Jobs run
`materialise work_parcel apply_receipts`. The beat calls `tend`, a node at its start `recover_own`.
The doors are `receive`, `heard` (with `reply_to` and `inbox`) and `unsubscribe`.
"""

from __future__ import annotations

from responder.engine.broadcasts.doors import apply_receipts, receive
from responder.engine.broadcasts.hearing import Heard, InboundText, InboundWord, heard, inbox, reply_to
from responder.engine.broadcasts.leaving import unsubscribe, unsubscribe_address
from responder.engine.broadcasts.materialising import materialise
from responder.engine.broadcasts.releasing import confirm, preview, release
from responder.engine.broadcasts.showing import (
    deliveries,
    find,
    held_until,
    latest,
    of_incident,
    reach,
    status,
    unknowns,
)
from responder.engine.broadcasts.steering import pause, resume, stop
from responder.engine.broadcasts.tending import recover_own, tend
from responder.engine.broadcasts.working import work_parcel

__all__ = [
    "Heard",
    "InboundText",
    "InboundWord",
    "apply_receipts",
    "confirm",
    "deliveries",
    "find",
    "heard",
    "held_until",
    "inbox",
    "latest",
    "materialise",
    "of_incident",
    "pause",
    "preview",
    "reach",
    "receive",
    "recover_own",
    "release",
    "reply_to",
    "resume",
    "status",
    "stop",
    "tend",
    "unknowns",
    "unsubscribe",
    "unsubscribe_address",
    "work_parcel",
]
