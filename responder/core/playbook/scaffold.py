"""How does a new playbook begin? A small one that checks clean and can be rehearsed at once."""

from __future__ import annotations

from responder.core.errors import InvalidInput

__all__ = ["scaffold"]


def scaffold(id_: str, name: str, *, language: str = "en") -> str:
    """The text of a new playbook file. Raises InvalidInput when the name cannot stand in it."""
    if not name.strip() or any(ord(letter) < 32 for letter in name):
        raise InvalidInput("The name of a playbook is one line of text.", mend="Write a name.")
    quoted = name.strip().replace("\\", "\\\\").replace('"', '\\"')
    return _TEXT.replace("ID", id_, 1).replace("NAME", f'"{quoted}"', 1).replace("LANGUAGE", language, 1)


_TEXT = """\
responder: 1
id: ID
version: 1.0
name: NAME
language: LANGUAGE
owner: incident_lead
summary: What happens, for whom, and what the city wants to reach.
review:
  every: 1y

# What can be known. Conditions and texts treat what must be verified as unknown until it is.
facts:
  place:
    type: text
    name: Place, as people call it
    verify: true

activation:
  by:
    - duty_officer
    - incident_lead
  criteria: Write here when to activate.
  asks: place

roles:
  incident_lead:
    name: Incident lead
    required: true
    deputies: duty_officer
  duty_officer:
    name: Duty officer
    fallback: incident_lead

phases:
  first_hours:
    name: First hours
    opens: activated
    escalate:
      - after: 10min
        to: deputy
      - late: 15min
        to: incident_lead
    closes:
      by: incident_lead
      needs: look_back
      review: activated + 12h
      every: 4h

tasks:
  confirm:
    name: Confirm the report; note source and time
    owner: duty_officer
    phase: first_hours
    at: activated
    due: 10min
    evidence: true
    fallout: security
  call_people:
    name: Call those who were attacked, before anything is said in public
    owner: incident_lead
    phase: first_hours
    needs: confirm
    due: 1h
    fallout: psychological
  calm:
    name: Ask neighbours and partners what they see and need
    owner: incident_lead
    phase: first_hours
    needs: confirm
    due: 2h
    fallout: social
  costs:
    name: Note damage and who cannot work
    owner: duty_officer
    phase: first_hours
    needs: confirm
    due: 4h
    fallout: economic
  look_back:
    name: Look back together
    owner: incident_lead
    phase: first_hours
    at: activated + 6h
    due: 2h
    fallout: psychological

decisions:
  speak:
    name: Do we speak in public?
    owner: incident_lead
    phase: first_hours
    needs: call_people
    due: 1h
    question: Does the city say something in public now?
    options:
      now: Yes, now
      later: Not yet
    default: later

exercises:
  table_top:
    name: One hour at a table
    injects:
      - at: activated + 5min
        to: duty_officer
        via: telephone
        text: The police desk confirms the report.
    answers:
      speak: now

after_action:
  owner: incident_lead
  due: activated + 5wd
  objectives:
    people_first: Those who were attacked heard from us before anybody else
"""
