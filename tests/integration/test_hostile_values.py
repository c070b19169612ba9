"""Can a value that somebody typed break out of its place in any channel or language?"""

from __future__ import annotations

import unicodedata
from functools import cache

import pytest

from responder.core.incident.occurrence import OccurrenceKey
from responder.core.statement.slots import SLOTS
from responder.core.terms import Mode
from responder.engine import incidents, statements
from responder.engine.incidents import Activation
from responder.engine.situation.statement import StatementSituation
from tests.kit.world import World, make_world

HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{{ 7*7 }}{% raw %}{# x #}",
    "%(city)s %s %%",
    "Hall\r\nBcc: all@example.com\r\n\r\nSubject: Other",
    "Hall\u2028Next\u2029line\u0085end",
    "".join(SLOTS.values()),
    "\u202egnp.exe\u202c\u2066open",
    "a\x00b\x1b[31mc\ud7ff",
    "&lt;b&gt;&amp;#x3c;",
]


def _drafted(world: World, place: str) -> StatementSituation:
    facts = {"incident_type": "attack", "incident_place": place, "incident_area": ("harbour",)}
    wanted = Activation(
        playbook="first-hour",
        mode=Mode.EXERCISE,
        rate=1.0,
        facts=facts,
        verified=frozenset({"incident_place"}),
    )
    chen = world.person("Chen")
    made = incidents.activate(world.ports, wanted=wanted, by=chen)
    key = incidents.open_entry(world.ports, incident_id=made, entry="holding", by=chen)
    assert key == OccurrenceKey("holding")
    world.beat()
    (statement,) = statements.list_statements(world.ports, incident_id=made)
    return statements.approval_of(world.ports, incident_id=made, statement_id=statement.id)


@cache
def _usual() -> StatementSituation:
    return _drafted(make_world(), "Hall")


@pytest.mark.parametrize("place", HOSTILE)
def test_a_hostile_value_stays_text_in_every_channel(place: str) -> None:
    plain = _usual()
    assert any("Hall" in text.text for said in plain.texts.values() for text in said.values())
    hostile = _drafted(make_world(), place)
    for tag, said in hostile.texts.items():
        for channel, text in said.items():
            usual = plain.texts[tag][channel]
            whole = text.subject + text.text + text.html
            assert text.html.count("<") == usual.html.count("<")
            assert ("49" in whole) == ("49" in usual.subject + usual.text + usual.html)
            assert "\r" not in whole
            assert "\n" not in text.subject
            assert not [sign for sign in text.subject if unicodedata.category(sign) in ("Cc", "Zl", "Zp")]
            assert not [sign for sign in text.text if unicodedata.category(sign) == "Cc" and sign not in "\n"]
            for slot in SLOTS.values():
                assert whole.count(slot) == (usual.subject + usual.text + usual.html).count(slot)
            opened = sum(text.text.count(sign) for sign in "\u202a\u202b\u202d\u202e")
            assert opened <= text.text.count("\u202c")
