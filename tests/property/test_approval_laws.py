"""Do the laws of sign-off hold for every roster, chain and text?"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from responder.core.calendar import Calendar, Duration
from responder.core.statement import FRAME, ChannelText, Frame, LanguageState, SignOff, digests_of
from responder.core.statement.approval import Proceedings, assess
from responder.core.terms import (
    AudienceDefinition,
    Bench,
    Chain,
    ChainStep,
    Channel,
    LanguagePolicy,
    OnLate,
    StepKind,
)

START = datetime(2027, 3, 1, 1, 0, tzinfo=UTC)
UTC_CITY = Calendar(ZoneInfo("UTC"))
FIVE = ("amina", "bo", "chen", "dara", "farid")
ROLES = ("lead", "comms", "mayor", "legal", "liaison")
CHANNELS = (Channel.SMS, Channel.EMAIL)
LANGUAGES = ("en", "es", "ar")

text = st.text(st.characters(codec="utf-8"), min_size=1, max_size=20)
channel_text = st.builds(ChannelText, text, text, text)
all_texts = st.fixed_dictionaries(
    {tag: st.fixed_dictionaries(dict.fromkeys(CHANNELS, channel_text)) for tag in LANGUAGES}
)
frame = Frame((AudienceDefinition("all", "All", lists=("residents",)),), CHANNELS, LanguagePolicy())


@st.composite
def five_person_city(draw: st.DrawFn) -> Proceedings:
    """Twenty roles on five people: every role has somebody, and somebody else behind them."""
    benches = {}
    for role in ROLES:
        order = draw(st.permutations(FIVE))
        holders = draw(st.integers(0, 2))
        deputies = draw(st.integers(0, 2))
        benches[role] = Bench(
            role,
            tuple(order[:holders]),
            tuple(order[holders : holders + deputies]),
            tuple(order[holders + deputies :]),
        )
    steps = draw(st.lists(_step(), min_size=1, max_size=4))
    if all(step.kind is StepKind.CONSULT for step in steps):
        steps = [ChainStep(StepKind.ALL, ("lead",)), *steps]
    chain = Chain(
        "drawn",
        tuple(steps),
        draw(st.sampled_from([None, Duration(10, "min")])),
        draw(st.sampled_from(OnLate)),
        draw(st.integers(1, 3)),
    )
    authors = draw(st.sets(st.sampled_from(FIVE), max_size=2))
    return Proceedings(
        chain=chain,
        benches=benches,
        policy=LanguagePolicy(),
        digests=digests_of({tag: {Channel.SMS: ChannelText(tag)} for tag in LANGUAGES}, frame, "en"),
        calendar=UTC_CITY,
        now=START,
        submitted_at=START,
        authors=frozenset(authors),
        ladder=draw(st.permutations(FIVE)),
        required=("en",),
        offered=LANGUAGES,
    )


def _step() -> st.SearchStrategy[ChainStep]:
    kinds = st.sampled_from([StepKind.ALL, StepKind.ANY, StepKind.CONSULT])
    roles = st.lists(st.sampled_from(ROLES), min_size=1, max_size=3, unique=True)
    return st.builds(_made, kinds, roles)


def _made(kind: StepKind, roles: list[str]) -> ChainStep:
    if kind is StepKind.CONSULT:
        return ChainStep(kind, (roles[0],), Duration(5, "min"))
    return ChainStep(kind, tuple(roles))


def _sign_all(proceedings: Proceedings) -> tuple[Proceedings, set[str]]:
    """Everybody who is asked signs, minute by minute, until nobody is asked any more."""
    signers: set[str] = set()
    for minute in range(1, 60):
        approval = assess(proceedings)
        if approval.source_signed:
            break
        now = START + timedelta(minutes=minute)
        if approval.may_sign:
            right = approval.may_sign[0]
            scope = proceedings.digests.frame
            recorded = right.role if right.records else None
            sign_off = SignOff(
                right.person, right.role, FRAME, scope, now, recorded_for=recorded, consult=right.consult
            )
            proceedings = replace(proceedings, sign_offs=(*proceedings.sign_offs, sign_off))
            signers |= set() if right.consult else {right.person}
        proceedings = replace(proceedings, now=now)
    return proceedings, signers


@given(five_person_city())
def test_nobody_stands_still_in_a_five_person_city(city: Proceedings) -> None:
    done, _ = _sign_all(city)
    assert assess(done).source_signed


@given(five_person_city())
def test_an_author_never_approves_their_own_text(city: Proceedings) -> None:
    done, signers = _sign_all(city)
    assert not signers & city.authors
    assert not {right.person for right in assess(city).may_sign} & city.authors
    assert len(signers) >= city.chain.persons
    assert assess(done).persons_signed >= city.chain.persons


@given(five_person_city(), st.lists(st.sampled_from(ROLES), min_size=1, max_size=9))
def test_authors_alone_never_approve(city: Proceedings, roles: list[str]) -> None:
    own = tuple(
        SignOff(author, role, FRAME, city.digests.frame, START) for author in city.authors for role in roles
    )
    later = replace(city, sign_offs=own, now=START + timedelta(days=400))
    assert not assess(later).source_signed


@given(five_person_city())
def test_time_alone_approves_nothing(city: Proceedings) -> None:
    assert not assess(replace(city, now=START + timedelta(days=400))).source_signed


@given(
    all_texts,
    st.sampled_from(LANGUAGES),
    st.sampled_from(CHANNELS),
    st.sampled_from(["text", "subject", "html"]),
    text,
)
def test_one_changed_byte_voids_its_language_and_no_more(
    texts: dict[str, dict[Channel, ChannelText]], tag: str, channel: Channel, field: str, new: str
) -> None:
    before = _approved(texts)
    assert set(assess(before).approved_languages) == set(LANGUAGES)
    changed = {**texts, tag: {**texts[tag], channel: replace(texts[tag][channel], **{field: new})}}
    same = changed == texts
    after = assess(replace(before, digests=digests_of(changed, frame, "en")))
    if same:
        assert set(after.approved_languages) == set(LANGUAGES)
    elif tag == "en":
        assert after.approved_languages == ()
    else:
        assert set(after.approved_languages) == set(LANGUAGES) - {tag}
        assert after.languages[tag].state is LanguageState.UNREVIEWED


@given(
    all_texts,
    all_texts,
    st.sampled_from(LANGUAGES),
    st.sampled_from(CHANNELS),
    st.sampled_from(["text", "subject", "html"]),
    text,
)
def test_one_changed_byte_for_the_first_readers_voids_its_language_and_no_more(
    texts: dict[str, dict[Channel, ChannelText]],
    first: dict[str, dict[Channel, ChannelText]],
    tag: str,
    channel: Channel,
    field: str,
    new: str,
) -> None:
    before = _approved(texts, first)
    assert set(assess(before).approved_languages) == set(LANGUAGES)
    changed = {**first, tag: {**first[tag], channel: replace(first[tag][channel], **{field: new})}}
    left = set(LANGUAGES) if changed == first else set() if tag == "en" else set(LANGUAGES) - {tag}
    after = assess(replace(before, digests=digests_of(texts, frame, "en", changed)))
    assert set(after.approved_languages) == left


def _approved(
    texts: dict[str, dict[Channel, ChannelText]],
    first: dict[str, dict[Channel, ChannelText]] | None = None,
) -> Proceedings:
    digests = digests_of(texts, frame, "en", first)
    reviews = tuple(
        SignOff("dara", "reader", tag, digest, START, declares_reading=True)
        for tag, digest in digests.languages.items()
    )
    return Proceedings(
        chain=Chain("one", (ChainStep(StepKind.ALL, ("lead",)),)),
        benches={"lead": Bench("lead", ("chen",))},
        policy=LanguagePolicy(),
        digests=digests,
        calendar=UTC_CITY,
        now=START,
        submitted_at=START,
        sign_offs=(SignOff("chen", "lead", FRAME, digests.frame, START), *reviews),
        required=("en", "es"),
        offered=LANGUAGES,
    )
