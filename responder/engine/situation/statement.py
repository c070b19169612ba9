"""How does a statement stand now: texts, hashes, sign-off, findings, what may be released?"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from responder.core.errors import NotFound
from responder.core.incident.event import (
    BroadcastReleased,
    Event,
    StatementReturned,
    StatementSubmitted,
    StatementWithdrawn,
)
from responder.core.incident.occurrence import OccurrenceKey
from responder.core.playbook import blockers_of
from responder.core.statement import (
    Approval,
    ChannelText,
    Digests,
    Edition,
    Finding,
    LanguageState,
    Statement,
    StatementState,
    Texts,
    blocking,
    digests_of,
)
from responder.core.statement.approval import Proceedings, assess
from responder.core.terms import Channel, Urgency
from responder.engine.ports import Content, Ports, Work
from responder.engine.situation.checking import findings_of
from responder.engine.situation.drafting import content_of, draft_for
from responder.engine.situation.incident import Situation
from responder.engine.situation.notices import fixed_line, notice_texts, with_original
from responder.engine.situation.signing import overrides_of, proceedings_of
from responder.engine.situation.standing import standing_approval
from responder.engine.situation.wording import languages_of, words_in

__all__ = [
    "StatementSituation",
    "draft_for",
    "proceedings_in",
    "situate_statement",
    "state_of",
    "statements_of",
    "texts_in",
]


@dataclass(frozen=True, slots=True)
class StatementSituation:
    """One statement as it stands.

    `releasable` are the languages that may be released now; when it is empty, `obstacles` say in
    words why. `released` are the languages of its earlier releases. `notices` hold, for each
    language of the city that is not ready, the source text with that language's own line.
    `first_texts` and `first_notices` are those of the first readers, where they have words of their own.
    `digest` covers every text and the frame: a release names it. `standing` tells that a standing
    approval from peacetime covers it. `proceedings` is all that the approval was decided from.
    """

    statement: Statement
    texts: Texts
    digests: Digests
    approval: Approval
    findings: tuple[Finding, ...]
    releasable: tuple[str, ...]
    obstacles: tuple[str, ...] = ()
    released: tuple[str, ...] = ()
    notices: Texts = field(default_factory=dict)
    digest: str = ""
    standing: bool = False
    people: Mapping[str, str] = field(default_factory=dict)
    proceedings: Proceedings | None = None
    reason: str = ""
    """Why it was returned or withdrawn, as long as that is the last word."""
    first_texts: Texts = field(default_factory=dict)
    first_notices: Texts = field(default_factory=dict)

    def texts_of(self, edition: Edition) -> Texts:
        return self.texts if edition is Edition.MAIN else self.first_texts

    def notices_of(self, edition: Edition) -> Texts:
        return self.notices if edition is Edition.MAIN else self.first_notices


def situate_statement(
    ports: Ports, work: Work, situation: Situation, statement_id: str
) -> StatementSituation:
    """How a statement stands at `situation.now`. Raises NotFound, also for one of another incident."""
    statement = work.statements.get(statement_id)
    if statement.incident_id != situation.incident_id:
        raise NotFound(f"There is no statement {statement_id} in this incident.")
    content = content_of(ports, work, situation)
    texts = texts_in(work, statement)
    digests = _digests(statement, texts)
    proceedings = proceedings_of(situation, statement, digests)
    approval = assess(proceedings)
    standing = _standing(work, situation, content, statement, texts)
    if standing is not None and not approval.source_signed:
        approval = standing
    events = situation.incident.of_statement(statement_id)
    found = findings_of(work, ports, situation, content, statement=statement, texts=texts, approval=approval)
    findings = _answered(found, overrides_of(statement, events))
    released = released_languages(situation, statement_id)
    state = state_of(situation, statement, approval)
    releasable, obstacles = _releasable(statement, approval, findings, state=state, released=released)
    held = _held_by(situation, statement)
    if held and state not in (StatementState.WITHDRAWN, StatementState.SUPERSEDED, StatementState.CORRECTED):
        releasable, obstacles = (), (*obstacles, f"It waits until this is settled: {', '.join(held)}.")
    notices = {
        edition: _notices(work, situation, content, statement, texts=said, approval=approval)
        for edition, said in texts.items()
    }
    return StatementSituation(
        statement=replace(statement, state=state),
        texts=texts[Edition.MAIN],
        digests=digests,
        approval=approval,
        findings=findings,
        releasable=releasable,
        obstacles=obstacles,
        released=released,
        notices=notices[Edition.MAIN],
        digest=_whole_digest(digests),
        standing=standing is not None,
        people={one.id: one.name for one in work.people.all(inactive=True)},
        proceedings=proceedings,
        reason=_reason(events),
        first_texts=texts[Edition.FIRST],
        first_notices=notices[Edition.FIRST],
    )


def texts_in(work: Work, statement: Statement) -> dict[Edition, Texts]:
    """The texts of a statement as they stand, in every edition."""
    main = work.statements.texts(statement.id)
    if not statement.first_template:
        return {Edition.MAIN: main, Edition.FIRST: {}}
    return {Edition.MAIN: main, Edition.FIRST: work.statements.texts(statement.id, edition=Edition.FIRST)}


def proceedings_in(work: Work, situation: Situation, statement: Statement) -> Proceedings:
    """All that its chain's approval is decided from, without checking its texts."""
    digests = _digests(statement, texts_in(work, statement))
    return proceedings_of(situation, statement, digests)


def statements_of(work: Work, situation: Situation) -> tuple[Statement, ...]:
    """The statements of an incident with their state of now, oldest first."""
    found: list[Statement] = []
    for statement in work.statements.of_incident(situation.incident_id):
        approval = assess(proceedings_in(work, situation, statement))
        found.append(replace(statement, state=state_of(situation, statement, approval)))
    return tuple(found)


def state_of(situation: Situation, statement: Statement, approval: Approval) -> StatementState:
    """Where a statement stands, from the log."""
    events = situation.incident.of_statement(statement.id)
    if any(isinstance(event.body, StatementWithdrawn) for event in events):
        return StatementState.WITHDRAWN
    releases = [event for event in events if isinstance(event.body, BroadcastReleased)]
    if releases:
        return _after_release(situation, statement, releases[0].number)
    if approval.source_signed:
        return StatementState.APPROVED
    last = [one for one in events if isinstance(one.body, StatementSubmitted | StatementReturned)]
    asked = bool(last) and isinstance(last[-1].body, StatementSubmitted)
    return StatementState.SUBMITTED if asked else StatementState.DRAFT


def released_languages(situation: Situation, statement_id: str) -> tuple[str, ...]:
    """The languages of this statement that were released, in their order."""
    events = situation.incident.of_statement(statement_id)
    bodies = [event.body for event in events if isinstance(event.body, BroadcastReleased)]
    return tuple(dict.fromkeys(tag for body in bodies for tag in body.languages))


def _digests(statement: Statement, texts: Mapping[Edition, Texts]) -> Digests:
    whole = {edition: _whole(statement, said) for edition, said in texts.items()}
    first = whole[Edition.FIRST]
    return digests_of(whole[Edition.MAIN], statement.frame, statement.source_language, first)


def _whole(statement: Statement, texts: Texts) -> Texts:
    """The languages that are whole: a text begun by hand is nothing that could be signed."""
    return {tag: said for tag, said in texts.items() if tag not in statement.missing_languages}


def _after_release(situation: Situation, statement: Statement, number: int) -> StatementState:
    """Released; until a correction of it, or a newer statement in its place, was released too."""
    key = OccurrenceKey.parse(statement.occurrence)
    later = [
        event.body
        for event in situation.incident.events
        if event.number > number
        and isinstance(event.body, BroadcastReleased)
        and event.body.statement != statement.id
    ]
    if any(statement.id in body.corrects.replace(",", " ").split() for body in later):
        return StatementState.CORRECTED
    for body in later:
        message = situation.playbook.messages.get(body.occurrence.entry)
        newer = body.occurrence.entry == key.entry and body.occurrence.item == key.item
        if newer or (message is not None and key.entry in message.supersedes):
            return StatementState.SUPERSEDED
    return StatementState.RELEASED


def _releasable(
    statement: Statement,
    approval: Approval,
    findings: tuple[Finding, ...],
    *,
    state: StatementState,
    released: tuple[str, ...],
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The languages that may go now, or in words why none may."""
    if state in (StatementState.WITHDRAWN, StatementState.SUPERSEDED, StatementState.CORRECTED):
        return (), (f"It is {state.value}.",)
    obstacles: list[str] = []
    if statement.asked:
        obstacles.append(f"Still to be filled in: {', '.join(statement.asked)}.")
    blocked = blocking(findings)
    stopped = {finding.language for finding in blocked}
    everything = {None, statement.source_language} & stopped
    if everything:
        rules = dict.fromkeys(one.rule for one in blocked if one.language in everything)
        obstacles.append(f"A finding forbids it: {', '.join(rules)}.")
    if not approval.source_signed:
        obstacles.append("The chain has not signed the source text and the frame.")
    elif not approval.releasable:
        obstacles.append(f"It waits for: {', '.join(approval.waiting_for) or 'the other languages'}.")
    if obstacles:
        return (), tuple(obstacles)
    held = [tag for tag, it in approval.languages.items() if it.required and tag in stopped]
    if held and (approval.wait_until is None or approval.wait_until > approval.at):
        return (), (f"A finding forbids: {', '.join(held)}.",)
    ready = tuple(tag for tag in approval.releasable if tag not in stopped and tag not in released)
    return ready, () if ready else ("Everything that is ready has been released.",)


def _held_by(situation: Situation, statement: Statement) -> tuple[str, ...]:
    """What is open and holds back this message, though it opened before, or a person opened it."""
    playbook = situation.playbook
    if statement.message not in playbook.messages:
        return ()
    blockers = blockers_of(playbook, statement.message)
    return tuple(
        playbook.entries[id_].title
        for id_ in blockers
        if any(one.open for one in situation.timeline.occurrences if one.key.entry == id_)
    )


def _answered(found: tuple[Finding, ...], reasons: Mapping[tuple[str, str], str]) -> tuple[Finding, ...]:
    return tuple(
        replace(finding, overridden=reasons.get((finding.rule, finding.language or ""))) for finding in found
    )


def _standing(
    work: Work,
    situation: Situation,
    content: Content,
    statement: Statement,
    texts: Mapping[Edition, Texts],
) -> Approval | None:
    if statement.frame.urgency is not Urgency.LIFE_SAFETY:
        return None
    return standing_approval(work, situation, content, statement, texts=texts)


def _notices(
    work: Work,
    situation: Situation,
    content: Content,
    statement: Statement,
    *,
    texts: Texts,
    approval: Approval,
) -> Texts:
    """For every language of the city that is not ready: what its readers get meanwhile."""
    source = statement.source_language
    original = texts.get(source)
    if original is None:
        return {}
    city = situation.city
    source_words = words_in(content, city, source)
    values = _contact(situation)
    found: dict[str, Mapping[Channel, ChannelText]] = {}
    for tag in languages_of(city):
        standing = approval.languages.get(tag)
        if tag == source or (standing is not None and standing.state is LanguageState.SIGNED):
            continue
        words = words_in(content, city, tag)
        reviewed = frozenset(work.statements.reviews(tag))
        if tag in approval.with_original and tag in texts:
            found[tag] = with_original(texts[tag], original, words, mode=statement.mode, source=source)
            continue
        line = fixed_line("notice", words, source_words, reviewed=reviewed, values=values)
        found[tag] = notice_texts(original, line, words, mode=statement.mode, source=source)
    return found


def _contact(situation: Situation) -> dict[str, str]:
    blocks = situation.city.blocks
    helpline, page = blocks.get("helpline"), blocks.get("page_url")
    return {
        "phone": helpline.phone if helpline else situation.city.emergency_number,
        "url": page.url if page else "",
    }


def _whole_digest(digests: Digests) -> str:
    lines = [digests.frame, *(f"{tag} {digest}" for tag, digest in sorted(digests.languages.items()))]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _reason(events: tuple[Event, ...]) -> str:
    kinds = StatementReturned | StatementWithdrawn | StatementSubmitted
    last = [event.body for event in events if isinstance(event.body, kinds)]
    return getattr(last[-1], "reason", "") if last else ""
