"""How are statements, their versions, reviews and standing approvals kept?"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, and_, insert, or_, select, update
from sqlmodel import Session

from responder.core.calendar import parse_duration
from responder.core.errors import Conflict, NotFound
from responder.core.facts import FactValue
from responder.core.statement import ChannelText, Edition, Frame, Kind, Statement, StatementState, Texts
from responder.core.statement.texts import Said
from responder.core.terms import (
    AudienceDefinition,
    Channel,
    LanguagePolicy,
    Mode,
    OtherLanguages,
    Unreviewed,
    Urgency,
)
from responder.db.bulk import table_of
from responder.db.tables.statements import (
    ReviewRow,
    StandingRow,
    StatementRow,
    StatementTextRow,
    StatementVersionRow,
)
from responder.engine.ports.statements import Review, StandingApproval

__all__ = ["StatementRows"]

_STATEMENTS = table_of(StatementRow)
_VERSIONS = table_of(StatementVersionRow)
_TEXTS = table_of(StatementTextRow)
_REVIEWS = table_of(ReviewRow)
_STANDING = table_of(StandingRow)


class StatementRows:
    """The rows of statements, inside one transaction. See `responder.engine.ports.statements`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    @property
    def _connection(self) -> Connection:
        return self._session.connection()

    def add(self, statement: Statement, texts: Texts, first: Texts | None = None) -> None:
        fields = {
            "id": statement.id,
            "incident": statement.incident_id,
            "occurrence": statement.occurrence,
            "message": statement.message,
            "mode": statement.mode.value,
            "template": statement.template,
            "template_digest": statement.template_digest,
            "kind": statement.kind.value,
            "state": statement.state.value,
            "version": statement.version,
            "source_language": statement.source_language,
            "drafted_at": statement.drafted_at,
            "author": statement.author,
            "used_channels": _words(sorted(statement.used_channels)),
        }
        self._connection.execute(insert(_STATEMENTS).values(**fields))
        self._write_version(statement, texts, first or {})

    def add_version(self, statement: Statement, texts: Texts, first: Texts | None = None) -> None:
        was = and_(_STATEMENTS.c.id == statement.id, _STATEMENTS.c.version == statement.version - 1)
        new = {
            "version": statement.version,
            "state": statement.state.value,
            "template_digest": statement.template_digest,
        }
        if not self._connection.execute(update(_STATEMENTS).where(was).values(**new)).rowcount:
            raise Conflict("Somebody else has edited this statement.", mend="Read it again and decide again.")
        self._write_version(statement, texts, first or {})

    def set_state(self, statement_id: str, state: StatementState) -> None:
        self._change(statement_id, state=state.value)

    def mark_used(self, statement_id: str, channel: str) -> None:
        used = self.get(statement_id).used_channels | {Channel(channel)}
        self._change(statement_id, used_channels=_words(sorted(used)))

    def get(self, statement_id: str) -> Statement:
        found = self._statements(_STATEMENTS.c.id == statement_id)
        if not found:
            raise _nothing(statement_id)
        return found[0]

    def find(self, text: str) -> Statement:
        plain = text.replace("%", "").replace("_", "")
        near = or_(_STATEMENTS.c.id.like(f"{plain}%"), _STATEMENTS.c.id.like(f"%{plain}"))
        found = self._statements(or_(_STATEMENTS.c.id == text, near)) if plain else ()
        exact = [one for one in found if one.id == text]
        if len(exact or found) != 1:
            raise _nothing(text)
        return (exact or list(found))[0]

    def texts(
        self, statement_id: str, *, version: int | None = None, edition: Edition = Edition.MAIN
    ) -> Texts:
        wanted = self.get(statement_id).version if version is None else version
        rows = self._connection.execute(
            select(_TEXTS.c.language, _TEXTS.c.texts)
            .where(_TEXTS.c.statement == statement_id, _TEXTS.c.version == wanted)
            .order_by(_TEXTS.c.language)
        ).all()
        if not rows and not self._has_version(statement_id, wanted):
            raise NotFound(f"Statement {statement_id} has no version {wanted}.")
        said = {row.language: _texts_from(json.loads(row.texts), edition) for row in rows}
        return {tag: texts for tag, texts in said.items() if texts}

    def of_incident(self, incident_id: str) -> Sequence[Statement]:
        return self._statements(_STATEMENTS.c.incident == incident_id)

    def of_occurrence(self, incident_id: str, occurrence: str) -> Statement | None:
        theirs = and_(_STATEMENTS.c.incident == incident_id, _STATEMENTS.c.occurrence == occurrence)
        found = self._statements(theirs)
        return found[-1] if found else None

    def add_review(self, review: Review) -> None:
        if review.digest in self.reviews(review.language):
            return
        fields = {"language": review.language, "digest": review.digest, "person": review.person}
        self._connection.execute(insert(_REVIEWS).values(**fields, what=review.what, at=review.at))

    def reviews(self, language: str) -> Mapping[str, Review]:
        rows = self._connection.execute(select(_REVIEWS).where(_REVIEWS.c.language == language))
        return {row.digest: Review(row.language, row.digest, row.person, row.at, row.what) for row in rows}

    def add_standing(self, approval: StandingApproval) -> None:
        fields = {name: getattr(approval, name) for name in StandingApproval.__dataclass_fields__}
        same = ("playbook", "message", "scope", "digest", "person", "role")
        theirs = and_(*(_STANDING.c[name] == fields[name] for name in same))
        renewed = {"expires": approval.expires, "signed_at": approval.signed_at, "revoked_at": None}
        if not self._connection.execute(update(_STANDING).where(theirs).values(**renewed)).rowcount:
            self._connection.execute(insert(_STANDING).values(**fields))

    def standing(self, playbook: str, message: str) -> Sequence[StandingApproval]:
        return self._standing(and_(_STANDING.c.playbook == playbook, _STANDING.c.message == message))

    def all_standing(self) -> Sequence[StandingApproval]:
        return self._standing(_STANDING.c.id != "")

    def revoke_standing(self, playbook: str, message: str, *, wall: datetime) -> int:
        theirs = and_(_STANDING.c.playbook == playbook, _STANDING.c.message == message)
        held = and_(theirs, _STANDING.c.revoked_at.is_(None))
        return self._connection.execute(update(_STANDING).where(held).values(revoked_at=wall)).rowcount

    def _standing(self, condition: Any) -> tuple[StandingApproval, ...]:  # SQLAlchemy's own
        wanted = select(_STANDING).where(condition, _STANDING.c.revoked_at.is_(None))
        rows = self._connection.execute(wanted.order_by(_STANDING.c.signed_at, _STANDING.c.id))
        return tuple(StandingApproval(**row._mapping) for row in rows)

    def _change(self, statement_id: str, **fields: str) -> None:
        theirs = update(_STATEMENTS).where(_STATEMENTS.c.id == statement_id)
        if not self._connection.execute(theirs.values(**fields)).rowcount:
            raise _nothing(statement_id)

    def _has_version(self, statement_id: str, version: int) -> bool:
        theirs = and_(_VERSIONS.c.statement == statement_id, _VERSIONS.c.version == version)
        return self._connection.execute(select(_VERSIONS.c.version).where(theirs)).first() is not None

    def _write_version(self, statement: Statement, texts: Texts, first: Texts) -> None:
        key = {"statement": statement.id, "version": statement.version}
        self._connection.execute(insert(_VERSIONS).values(**key, document=_document(statement)))
        rows = [
            {**key, "language": tag, "texts": _texts_to(texts.get(tag, {}), first.get(tag, {}))}
            for tag in dict.fromkeys((*texts, *first))
        ]
        if rows:
            self._connection.execute(insert(_TEXTS), rows)

    def _statements(self, condition: Any) -> tuple[Statement, ...]:  # SQLAlchemy's own
        newest = and_(_VERSIONS.c.statement == _STATEMENTS.c.id, _VERSIONS.c.version == _STATEMENTS.c.version)
        wanted = select(_STATEMENTS, _VERSIONS.c.document).join(_VERSIONS, newest).where(condition)
        rows = self._connection.execute(wanted.order_by(_STATEMENTS.c.drafted_at, _STATEMENTS.c.id))
        return tuple(_statement(row) for row in rows)


def _nothing(statement_id: str) -> NotFound:
    return NotFound(f"There is no statement {statement_id}.", mend="List them: responder statement list.")


def _statement(row: Row[Any]) -> Statement:
    document = json.loads(row.document)
    return Statement(
        id=row.id,
        incident_id=row.incident,
        occurrence=row.occurrence,
        message=row.message,
        mode=Mode(row.mode),
        template=row.template,
        template_digest=row.template_digest,
        kind=Kind(row.kind),
        state=StatementState(row.state),
        version=row.version,
        source_language=row.source_language,
        frame=_frame_from(document["frame"]),
        drafted_at=row.drafted_at,
        author=row.author,
        values={name: _value_from(value) for name, value in document["values"].items()},
        typed=frozenset(document["typed"]),
        asked=tuple(document["asked"]),
        next_update_at=_value_from(document["next_update_at"]),  # type: ignore[arg-type]  # written as a moment
        corrects=tuple(document["corrects"]),
        missing_languages=tuple(document["missing_languages"]),
        edited=_hands_from(document["edited"]),
        first_template=document.get("first_template", ""),
        first_edited=_hands_from(document.get("first_edited", [])),
        used_channels=frozenset(Channel(word) for word in row.used_channels.split()),
    )


def _document(statement: Statement) -> str:
    document = {
        "frame": _frame_to(statement.frame),
        "values": {name: _value_to(value) for name, value in statement.values.items()},
        "typed": sorted(statement.typed),
        "asked": list(statement.asked),
        "next_update_at": _value_to(statement.next_update_at),
        "corrects": list(statement.corrects),
        "missing_languages": list(statement.missing_languages),
        "edited": _hands_to(statement.edited),
        "first_template": statement.first_template,
        "first_edited": _hands_to(statement.first_edited),
    }
    return json.dumps(document, ensure_ascii=False, sort_keys=True)


def _hands_to(edited: frozenset[tuple[str, Channel]]) -> list[list[str]]:
    return sorted([tag, channel.value] for tag, channel in edited)


def _hands_from(rows: Sequence[Sequence[str]]) -> frozenset[tuple[str, Channel]]:
    return frozenset((tag, Channel(channel)) for tag, channel in rows)


def _value_to(value: FactValue | None) -> object:
    """JSON knows no moments, and a flag is no number: what it cannot tell apart carries its kind."""
    if isinstance(value, datetime):
        return {"moment": value.isoformat()}
    if isinstance(value, date):
        return {"day": value.isoformat()}
    return list(value) if isinstance(value, tuple) else value


def _value_from(value: Any) -> FactValue | None:  # JSON has no narrower type
    if isinstance(value, dict):
        if "moment" in value:
            return datetime.fromisoformat(value["moment"])
        return date.fromisoformat(value["day"])
    return tuple(value) if isinstance(value, list) else value


def _texts_to(texts: Said, first: Said) -> str:
    """One document a language; what the first readers get stands in it under a key no channel has."""
    rows = _channels_to(texts)
    both = {**rows, Edition.FIRST.value: _channels_to(first)} if first else rows
    return json.dumps(both, ensure_ascii=False, sort_keys=True)


def _channels_to(texts: Said) -> dict[str, object]:
    return {channel.value: [said.text, said.subject, said.html] for channel, said in texts.items()}


def _texts_from(rows: Mapping[str, Any], edition: Edition) -> dict[Channel, ChannelText]:
    said = rows if edition is Edition.MAIN else rows.get(edition.value, {})
    return {channel: ChannelText(*said[channel.value]) for channel in Channel if channel.value in said}


def _frame_to(frame: Frame) -> object:
    policy = frame.policy
    return {
        "audiences": [_audience_to(audience) for audience in frame.audiences],
        "channels": [channel.value for channel in frame.channels],
        "policy": {
            "required": list(policy.required),
            "others": policy.others.value,
            "wait": str(policy.wait) if policy.wait else None,
            "unreviewed": policy.unreviewed.value,
        },
        "urgency": frame.urgency.value,
        "messengers": list(frame.messengers),
        "corrects": list(frame.corrects),
        "first": list(frame.first),
    }


def _frame_from(rows: Mapping[str, Any]) -> Frame:
    policy = rows["policy"]
    return Frame(
        audiences=tuple(_audience_from(row) for row in rows["audiences"]),
        channels=tuple(Channel(word) for word in rows["channels"]),
        policy=LanguagePolicy(
            tuple(policy["required"]),
            OtherLanguages(policy["others"]),
            parse_duration(policy["wait"]) if policy["wait"] else None,
            Unreviewed(policy["unreviewed"]),
        ),
        urgency=Urgency(rows["urgency"]),
        messengers=tuple(rows["messengers"]),
        corrects=tuple(rows["corrects"]),
        first=tuple(rows["first"]),
    )


_AUDIENCE_LISTS = ("lists", "organisations", "areas", "topics", "channels")


def _audience_to(audience: AudienceDefinition) -> dict[str, object]:
    rows = {name: getattr(audience, name) for name in AudienceDefinition.__dataclass_fields__}
    return {**rows, **{name: list(rows[name]) for name in _AUDIENCE_LISTS}}


def _audience_from(row: Mapping[str, Any]) -> AudienceDefinition:
    lists = {name: tuple(row[name]) for name in _AUDIENCE_LISTS}
    channels = tuple(Channel(word) for word in lists["channels"])
    return AudienceDefinition(**{**row, **lists, "channels": channels})


def _words(channels: Sequence[Channel]) -> str:
    return " ".join(channel.value for channel in channels)
