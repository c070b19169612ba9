"""What happened, what stands, what is due? The log of an incident, its state and its plan."""

from __future__ import annotations

from responder.core.incident.chain import ChainFault, ChainReport, EventLine, line_of, read_line, seal, verify
from responder.core.incident.clock import IncidentClock
from responder.core.incident.event import CLOCK, FRAME, Actor, ActorKind, Event, EventBody, NewEvent
from responder.core.incident.fold import fold, follow
from responder.core.incident.ladder import carriers
from responder.core.incident.occurrence import OccurrenceKey
from responder.core.incident.plan import Version, due, next_beat, plan
from responder.core.incident.rehearse import Cut, Rehearsal, Run, RunStep, rehearse
from responder.core.incident.state import Answer, CallRecord, Incident, Item, OccurrenceRecord, PhaseRecord
from responder.core.incident.timeline import (
    RUNG_LATE,
    RUNG_OPENED,
    ClosingAsk,
    DueStep,
    Occurrence,
    OccurrenceState,
    PhaseState,
    PhaseView,
    Rung,
    Timeline,
    Wait,
    WaitKind,
)

__all__ = [
    "CLOCK",
    "FRAME",
    "RUNG_LATE",
    "RUNG_OPENED",
    "Actor",
    "ActorKind",
    "Answer",
    "CallRecord",
    "ChainFault",
    "ChainReport",
    "ClosingAsk",
    "Cut",
    "DueStep",
    "Event",
    "EventBody",
    "EventLine",
    "Incident",
    "IncidentClock",
    "Item",
    "NewEvent",
    "Occurrence",
    "OccurrenceKey",
    "OccurrenceRecord",
    "OccurrenceState",
    "PhaseRecord",
    "PhaseState",
    "PhaseView",
    "Rehearsal",
    "Run",
    "RunStep",
    "Rung",
    "Timeline",
    "Version",
    "Wait",
    "WaitKind",
    "carriers",
    "due",
    "fold",
    "follow",
    "line_of",
    "next_beat",
    "plan",
    "read_line",
    "rehearse",
    "seal",
    "verify",
]
