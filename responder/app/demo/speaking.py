"""How does the cast bring one statement to its readers? Fill, submit, sign, review, release by two."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from responder.app.demo.acting import Players
from responder.app.demo.cast import known_by_now
from responder.core.errors import Unavailable
from responder.core.incident import Occurrence
from responder.core.playbook import FactDefinition, Message
from responder.core.statement import FRAME, LanguageState, Right, blocking
from responder.engine import broadcasts, incidents, statements
from responder.engine.people import Person
from responder.engine.ports import Ports
from responder.engine.situation import Situation
from responder.engine.situation.statement import StatementSituation

__all__ = ["Speaker"]

_MOST_SIGNATURES = 12
_BETWEEN_TWO = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Speaker:
    """Takes one open message through all that people must do before it may go out."""

    players: Players

    @property
    def ports(self) -> Ports:
        return self.players.ports

    def speak(self, situation: Situation, one: Occurrence) -> tuple[str, int]:
        """Fill, submit, sign, release; returns the broadcast's id and how many rows it must have."""
        statement_id = self._statement(situation, one)
        author = self.players.who(situation, "comms_writer")
        self._fill(situation, statement_id, author)
        statements.submit(self.ports, statement_id=statement_id, by=author)
        self._sign_all(situation, statement_id)
        self._review_languages(statement_id)
        return self._release(situation, one, statement_id)

    def _statement(self, situation: Situation, one: Occurrence) -> str:
        record = situation.incident.occurrences.get(one.key)
        if record is not None and record.statement is not None:
            return record.statement
        return statements.draft(
            self.ports,
            incident_id=situation.incident_id,
            occurrence=str(one.key),
            by=self.players.who(situation, "comms_writer"),
        )

    def _fill(self, situation: Situation, statement_id: str, author: Person) -> None:
        found = self._stand(situation, statement_id).statement
        local = f"{situation.calendar.local(situation.now):%Y-%m-%d %H:%M}"
        known = situation.playbook.facts
        told = {id_: known_by_now(known.get(id_) or _text(id_), local_now=local) for id_ in found.asked}
        values = {id_: value for id_, value in told.items() if value is not None}
        if values:
            statements.fill(
                self.ports, statement_id=statement_id, version=found.version, values=values, by=author
            )

    def _sign_all(self, situation: Situation, statement_id: str) -> None:
        """Whoever may sign next does, a few minutes after the one before."""
        for _ in range(_MOST_SIGNATURES):
            found = self._stand(situation, statement_id)
            if found.approval.source_signed or not found.approval.may_sign:
                return
            self._answer_findings(found, statement_id)
            self._sign(found, statement_id, found.approval.may_sign[0])
            self._wait(_BETWEEN_TWO)

    def _sign(self, found: StatementSituation, statement_id: str, right: Right) -> None:
        statements.sign(
            self.ports,
            statement_id=statement_id,
            scope=FRAME,
            digest=found.digests.frame,
            by=self.players.people[right.person],
            role=right.role,
            recorded_for=right.role if right.records else None,
            how="by telephone" if right.records else "",
        )

    def _answer_findings(self, found: StatementSituation, statement_id: str) -> None:
        """A finding that blocks is answered for by name: in the log it can be read who and why."""
        for finding in blocking(found.findings):
            where = f"{statement_id}, {finding.language}, {finding.channel}"
            raise Unavailable(
                f"A text of the demonstration has a finding ({where}): {finding.rule}, {finding.message}",
                mend="The shipped templates should have none: please report it.",
            )

    def _review_languages(self, statement_id: str) -> None:
        """Each language by somebody of the cast who reads it and did not write it."""
        found = statements.approval_of(
            self.ports, incident_id=self.players.incident_id, statement_id=statement_id
        )
        for tag, standing in found.approval.languages.items():
            readers = [one for one in self.players.people.values() if tag in one.languages]
            if standing.state is LanguageState.UNREVIEWED and readers:
                statements.sign(
                    self.ports,
                    statement_id=statement_id,
                    scope=tag,
                    digest=found.digests.languages[tag],
                    by=readers[-1],
                    declares_reading=True,
                )

    def _release(self, situation: Situation, one: Occurrence, statement_id: str) -> tuple[str, int]:
        message = situation.playbook.messages[one.key.entry]
        preview = broadcasts.preview(self.ports, incident_id=situation.incident_id, statement_id=statement_id)
        first, *others = self._releasers(situation, message)
        broadcast = broadcasts.release(
            self.ports,
            incident_id=situation.incident_id,
            statement_id=statement_id,
            by=first,
            expected_count=preview.count,
        )
        for person in others[: max(preview.persons - 1, 0)]:
            self._wait(timedelta(minutes=1))
            broadcasts.confirm(self.ports, broadcast_id=broadcast, by=person, expected_count=preview.count)
        return broadcast, preview.count + sum(preview.skipped.values())

    def _releasers(self, situation: Situation, message: Message) -> list[Person]:
        roles = message.release.by or (message.owner,)
        people = [self.players.who(situation, role) for role in roles]
        first = people[0]
        second = self.players.who(situation, roles[-1], but=frozenset({first.id}))
        return list(dict.fromkeys([*people, second]))

    def _stand(self, situation: Situation, statement_id: str) -> StatementSituation:
        return statements.approval_of(
            self.ports, incident_id=situation.incident_id, statement_id=statement_id
        )

    def _wait(self, length: timedelta) -> None:
        by = next(iter(self.players.people.values()))
        incidents.wind(self.ports, incident_id=self.players.incident_id, by=by, ahead=length)


def _text(id_: str) -> FactDefinition:
    return FactDefinition.model_validate({"(id)": id_, "name": id_})
