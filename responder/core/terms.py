"""Which words do all rooms share? Those that what to do and what to say both need."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from responder.core.calendar import Duration

__all__ = [
    "DELIVERED_CHANNELS",
    "RIGHT_TO_LEFT",
    "AudienceDefinition",
    "Bench",
    "Chain",
    "ChainStep",
    "Channel",
    "LanguagePolicy",
    "Marking",
    "Mode",
    "OnLate",
    "OtherLanguages",
    "Roster",
    "StepKind",
    "Unreviewed",
    "Urgency",
    "babel_name",
    "direction",
    "language_tag",
]


class Mode(StrEnum):
    """Whether an incident is real. Part of the key of all that follows from it."""

    LIVE = "live"
    EXERCISE = "exercise"


class Channel(StrEnum):
    """What a text is made for."""

    SMS = "sms"
    EMAIL = "email"
    WEB = "web"
    PRESS = "press"
    SOCIAL = "social"
    MESSAGING = "messaging"
    VOICE = "voice"
    RADIO = "radio"
    POSTER = "poster"
    HOTLINE = "hotline"
    SPEECH = "speech"
    EASY = "easy"


DELIVERED_CHANNELS = (Channel.SMS, Channel.EMAIL)
"""The channels that make deliveries; web publishes, the others are copied out by people."""


class Urgency(StrEnum):
    """How much a message may break into."""

    NORMAL = "normal"
    URGENT = "urgent"
    LIFE_SAFETY = "life_safety"


class Marking(StrEnum):
    """Who may see: public, partners, staff with a role, named people."""

    CLEAR = "clear"
    GREEN = "green"
    AMBER = "amber"
    RED = "red"

    @property
    def strictness(self) -> int:
        return list(Marking).index(self)


class OnLate(StrEnum):
    """What a late sign-off does. Never: release."""

    ESCALATE = "escalate"
    HOLD = "hold"


class OtherLanguages(StrEnum):
    """What happens to the languages that a release does not wait for."""

    LATER = "later"
    HOLD = "hold"
    SKIP = "skip"


class Unreviewed(StrEnum):
    """What may be sent of a translation that nobody has reviewed."""

    REFUSE = "refuse"
    WITH_ORIGINAL = "with_original"


class StepKind(StrEnum):
    """How the roles of one step of a chain count."""

    ALL = "all"
    ANY = "any"
    CONSULT = "consult"


@dataclass(frozen=True, slots=True)
class ChainStep:
    """One step of an approval chain.

    `within` is only set on a consult: after it the chain goes on without the answer.
    """

    kind: StepKind
    roles: tuple[str, ...]
    within: Duration | None = None


@dataclass(frozen=True, slots=True)
class Chain:
    """Who must sign, in order. `persons` is how many different people, without the author."""

    name: str
    steps: tuple[ChainStep, ...]
    within: Duration | None = None
    if_late: OnLate = OnLate.ESCALATE
    persons: int = 1


@dataclass(frozen=True, slots=True)
class LanguagePolicy:
    """Which languages a release waits for. `required` empty = the city's required list."""

    required: tuple[str, ...] = ()
    others: OtherLanguages = OtherLanguages.LATER
    wait: Duration | None = field(default_factory=lambda: Duration(15, "min"))
    unreviewed: Unreviewed = Unreviewed.REFUSE


@dataclass(frozen=True, slots=True)
class AudienceDefinition:
    """Who hears: lists, areas and organisations, never the people in them.

    `quiet` is "HH:MM-HH:MM" in the city's zone. Several lists widen, areas narrow.
    """

    id: str
    name: str
    lists: tuple[str, ...] = ()
    organisations: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    channels: tuple[Channel, ...] = ()
    quiet: str | None = None
    daily_cap: int | None = None
    private: bool = False


@dataclass(frozen=True, slots=True)
class Bench:
    """Who can act for one role, in the order in which they are tried (ids of people).

    `fallback` are the people of the fallback roles, nearest first. An `outside` role signs
    itself by link, or the holders of `via` record its word (`via_people`).
    """

    role: str
    holders: tuple[str, ...] = ()
    deputies: tuple[str, ...] = ()
    fallback: tuple[str, ...] = ()
    outside: bool = False
    via_people: tuple[str, ...] = ()

    @property
    def everyone(self) -> tuple[str, ...]:
        """Holders, deputies, fallback: each person once."""
        return tuple(dict.fromkeys((*self.holders, *self.deputies, *self.fallback)))


@dataclass(frozen=True, slots=True)
class Roster:
    """Who holds which playbook role, in order: role id → ids of people."""

    holders: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def of(self, role: str) -> tuple[str, ...]:
        return self.holders.get(role, ())

    def roles_of(self, person: str) -> tuple[str, ...]:
        return tuple(role for role, people in self.holders.items() if person in people)


RIGHT_TO_LEFT = frozenset({"ar", "ckb", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi"})


def language_tag(text: str) -> str:
    """The BCP 47 spelling of a language: `zh_hans` and `zh-hans` become `zh-Hans`."""
    parts = text.strip().replace("_", "-").split("-")
    head, tail = parts[0].lower(), parts[1:]
    return "-".join([head, *(_subtag(part) for part in tail)])


def babel_name(tag: str) -> str:
    """The spelling of Babel and of folder names: `zh-Hans` becomes `zh_Hans`."""
    return language_tag(tag).replace("-", "_")


def direction(tag: str) -> str:
    """`rtl` or `ltr`, the value of the HTML attribute `dir`."""
    base = language_tag(tag)
    right = base.split("-")[0] in RIGHT_TO_LEFT or base == "ar-XB"
    return "rtl" if right else "ltr"


def _subtag(part: str) -> str:
    if len(part) == 4 and part.isalpha():
        return part.title()
    return part.upper() if len(part) == 2 else part.lower()
