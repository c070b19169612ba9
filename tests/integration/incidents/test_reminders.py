"""Does a playbook that proposes itself remind somebody, and only until it was activated?"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from responder.core.terms import Mode
from responder.engine import incidents, playbooks

House = Any
YEAR = timedelta(days=365)


def _propose(house: House, said: str) -> None:
    house.write("small", house.playbook.replace("  confirm: true\n", f"  propose: {said}\n"))


def test_a_playbook_reminds_from_its_date_on_and_again_after_each_cycle(house: House) -> None:
    first = house.clock.now() + timedelta(days=3)
    _propose(house, f"{{at: {first:%Y-%m-%d} @09:00, every: 1y}}")
    assert playbooks.reminders(house.ports) == ()
    house.clock.wind(timedelta(days=4))
    (reminder,) = playbooks.reminders(house.ports)
    assert (reminder.playbook, reminder.roles) == ("small", ("lead",))
    house.activate(Mode.EXERCISE)
    assert playbooks.reminders(house.ports) == (reminder,)
    house.clock.wind(timedelta(days=1))
    wanted = incidents.Activation(playbook="small", mode=Mode.LIVE)
    incidents.activate(house.ports, wanted=wanted, by=house.amina)
    assert playbooks.reminders(house.ports) == ()
    house.clock.wind(YEAR)
    assert [one.playbook for one in playbooks.reminders(house.ports)] == ["small"]


def test_shipped_playbooks_without_a_proposal_remind_nobody(house: House) -> None:
    assert playbooks.reminders(house.ports) == ()
