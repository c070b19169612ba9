"""With which words is an approval described? Signatures, waivers, steps, rights, languages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from responder.core.calendar import Calendar
from responder.core.statement.texts import Digests
from responder.core.terms import Bench, Chain, LanguagePolicy, StepKind

__all__ = [
    "Approval",
    "LanguageStanding",
    "LanguageState",
    "Proceedings",
    "Right",
    "SignOff",
    "StepStanding",
    "Waiver",
]


@dataclass(frozen=True, slots=True)
class SignOff:
    """One signature on one hash.

    `scope` is `frame` (source text and frame) or a language. `role` is the role it counts for;
    `for_role` is set when the person does not hold that role but was reached for it.
    `recorded_for` is set when `person` wrote down the word of an outside role; `how` says how it
    came. `consult` marks the answer of somebody who was consulted: in `how`, recorded, no veto. `at`
    is incident time.
    """

    person: str
    role: str
    scope: str
    digest: str
    at: datetime
    for_role: str | None = None
    consult: bool = False
    recorded_for: str | None = None
    how: str = ""
    declares_reading: bool = False


@dataclass(frozen=True, slots=True)
class Waiver:
    """A late step of an outside role that somebody on the ladder waived, with the reason."""

    person: str
    role: str
    reason: str
    at: datetime
    digest: str = ""


class LanguageState(StrEnum):
    """Where one language of a statement stands."""

    SIGNED = "signed"
    """The chain has signed, and so has a reader of this language."""
    UNREVIEWED = "unreviewed"
    """Whole, but no reader has signed this text."""
    WAITING = "waiting"
    """All that is missing is the chain's signature on the source text."""
    MISSING = "missing"
    """Not whole: at least one sentence has no translation."""
    NOT_MADE = "not made"
    """The message does not ask for it; its readers get the notice."""


@dataclass(frozen=True, slots=True)
class LanguageStanding:
    """One language: its state, who reviewed it, whether the release waits for it, since when it counts."""

    language: str
    state: LanguageState
    required: bool
    reviewer: str | None = None
    signed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Right:
    """Somebody may sign now. `for_role`: they do not hold the role, they were reached for it.

    `records`: they may write down the word of the outside role. `consult`: their answer is asked,
    it is no signature. `extra`: the steps are signed, one more person is needed.
    """

    person: str
    role: str
    for_role: bool = False
    records: bool = False
    consult: bool = False
    extra: bool = False


@dataclass(frozen=True, slots=True)
class StepStanding:
    """One step of the chain. `asked_at` is None while an earlier step is open.

    `open_roles` still have to sign. `late_at` is when the step turns late. `stuck` says, in
    words, why nobody can sign it.
    """

    number: int
    kind: StepKind
    roles: tuple[str, ...]
    asked_at: datetime | None
    done_at: datetime | None
    late_at: datetime | None
    late: bool
    open_roles: tuple[str, ...]
    signed: tuple[SignOff, ...] = ()
    waived: tuple[Waiver, ...] = ()
    stuck: str = ""


@dataclass(frozen=True, slots=True)
class Proceedings:
    """All that decides an approval. Times are incident time, aware UTC.

    `benches` has one Bench for each role of the chain. `authors` are the people whose words stand
    in the source text or the frame, `writers` the same for each other language. `ladder` are the
    people the message's ladder names, nearest first; `reached` those whom it has reached.
    `submitted_at` is when the signers were asked for the source text and the frame as they stand,
    None while nobody was. `sign_offs` and `waivers` are those given since the last return.
    `offered` are the city's languages, `required` the city's required ones.
    """

    chain: Chain
    benches: Mapping[str, Bench]
    policy: LanguagePolicy
    digests: Digests
    calendar: Calendar
    now: datetime
    submitted_at: datetime | None
    authors: frozenset[str] = frozenset()
    writers: Mapping[str, frozenset[str]] = field(default_factory=dict)
    sign_offs: tuple[SignOff, ...] = ()
    waivers: tuple[Waiver, ...] = ()
    ladder: tuple[str, ...] = ()
    reached: tuple[str, ...] = ()
    required: tuple[str, ...] = ()
    offered: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Approval:
    """Where a statement's sign-off stands.

    `source_signed_at` is when the chain had signed source text and frame, None while it has not.
    `may_sign` are the rights on the frame now. `wait_until` is when a person may release what is
    ready although required languages are missing. `releasable` are the languages that a person
    may release now. `with_original` are whole languages that no reader has signed and that this
    message may all the same send beside the original. `persons_signed` counts different people,
    never an author. `stuck` says in words why nobody can sign now. `at` is the moment of all this.
    """

    steps: tuple[StepStanding, ...]
    languages: Mapping[str, LanguageStanding]
    may_sign: tuple[Right, ...]
    persons_needed: int
    persons_signed: int
    source_signed_at: datetime | None
    wait_until: datetime | None
    releasable: tuple[str, ...]
    at: datetime
    with_original: tuple[str, ...] = ()
    stuck: str = ""

    @property
    def source_signed(self) -> bool:
        return self.source_signed_at is not None

    @property
    def approved_languages(self) -> tuple[str, ...]:
        """Whole and signed off."""
        return tuple(tag for tag, it in self.languages.items() if it.state is LanguageState.SIGNED)

    @property
    def waiting_for(self) -> tuple[str, ...]:
        """The required languages that are not signed yet."""
        standing = self.languages.items()
        return tuple(tag for tag, it in standing if it.required and it.state is not LanguageState.SIGNED)

    @property
    def late(self) -> bool:
        return any(step.late for step in self.steps)
