"""When somebody says stop while it sends, does anything still leave?"""

from __future__ import annotations

import threading
from pathlib import Path

from kit.sending import AMINA, contact, house_on

from responder.carriers import SmtpCarrier, parse_smtp_url
from responder.core.broadcast import BroadcastState, DeliveryState
from responder.core.terms import Channel
from responder.db.engine import make_engine
from responder.db.store import create_all
from responder.engine import broadcasts
from responder.testing.smtp_sink import SmtpSink

PEOPLE = 400
CONNECTIONS = 4


def test_after_stop_has_returned_no_email_begins(tmp_path: Path) -> None:
    engine = make_engine(f"sqlite:///{tmp_path / 'responder.db'}")
    create_all(engine)
    some = threading.Event()
    with SmtpSink(on_arrival=lambda count: some.set() if count == 40 else None) as sink:
        carrier = SmtpCarrier(
            parse_smtp_url(sink.url), sender="City <news@example.org>", connections=CONNECTIONS
        )
        house = house_on(engine)
        house.ports = house.ports_with({Channel.EMAIL: carrier})
        house.add_contacts([contact(house, number) for number in range(1, PEOPLE + 1)])
        house.release("one", channels=(Channel.EMAIL,))

        sending = threading.Thread(target=house.send)
        sending.start()
        assert some.wait(timeout=30)
        broadcasts.stop(house.ports, broadcast_id="one", by=AMINA, reason="It is not true")
        begun = sink.commands["data"]
        sending.join(timeout=60)
        house.send()

        assert sink.commands["data"] - begun <= CONNECTIONS, "only what was on the wire may still come in"
        states = house.counted("one")
        assert house.progress("one").broadcast.state is BroadcastState.STOPPED
        assert set(states) == {DeliveryState.ACCEPTED, DeliveryState.STOPPED}
        assert states[DeliveryState.ACCEPTED] == len(sink.arrived) < PEOPLE
        assert sum(states.values()) == PEOPLE
        assert house.counts("one") == states
        carrier.close()
    engine.dispose()
