"""When is it? Moments are read, and reckoned in the city's own time."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from responder.core.calendar import Calendar, Duration
from responder.core.playbook.moment import Base, BaseKind, MomentError, parse_moment, resolve

LONDON = Calendar(ZoneInfo("Europe/London"), holidays=frozenset({date(2027, 12, 27), date(2027, 12, 28)}))
MADRID = Calendar(ZoneInfo("Europe/Madrid"))


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def at(text: str, start: str, calendar: Calendar = LONDON, **repeat: object) -> datetime | None:
    return resolve(parse_moment(text), lambda _base: utc(start), calendar, **repeat)  # type: ignore[arg-type]  # every, number


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("activated", "activated"),
        ("activated+2h", "activated + 2h"),
        ("  vigil  -1d   @09:00  ", "vigil - 1d @09:00"),
        ("level.full.reached + 10min", "level.full.reached + 10min"),
        ("phase.medium.opened", "phase.medium.opened"),
        ("task.call.done+1wd on workdays", "task.call.done + 1wd on workdays"),
        ("message.holding.sent + 2h on mon,wed, fri", "message.holding.sent + 2h on mon,wed,fri"),
        ("2027-01-15 + 1mo - 2d @18:30", "2027-01-15 + 1mo - 2d @18:30"),
        ("fact.vigil_starts - 3h", "fact.vigil_starts - 3h"),
        ("item.added + 1d on weekdays", "item.added + 1d on weekdays"),
        ("request", "request"),
    ],
)
def test_a_moment_says_what_was_read(text: str, said: str) -> None:
    assert str(parse_moment(text)) == said
    assert parse_moment(said) == parse_moment(text)


@pytest.mark.parametrize(
    ("text", "offset", "mend"),
    [
        ("", 0, "activated"),
        ("2h", 0, "activated + 2h"),
        ("activated + 30m", 12, "30min or 30mo"),
        ("activated + 3x", 12, "Units are"),
        ("activated +", 11, "Write one after the sign"),
        ("activated – 2h", 10, "Write -"),
        ("activated 2h", 10, "A moment is"),
        ("activated @9:00", 11, "@09:00"),
        ("activated @25:00", 11, "@09:00"),
        ("activated on", 10, "A moment is"),
        ("activated on someday", 13, "Days are"),
        ("task.call", 0, "task.call.done"),
        ("task.call.passed", 0, "task.call.done"),
        ("tasks.call.done", 0, "task"),
        ("anchor.vigil", 0, "Write vigil"),
        ("2027-02-30", 0, "YYYY-MM-DD"),
        ("request + 1h", 0, "Leave out"),
        ("Activated", 0, "Begin with"),
    ],
)
def test_what_is_no_moment_is_told_at_its_letter(text: str, offset: int, mend: str) -> None:
    with pytest.raises(MomentError) as caught:
        parse_moment(text)
    assert caught.value.at == offset
    assert mend in caught.value.mend


def test_a_bare_duration_counts_from_opened_only_where_it_may() -> None:
    due = parse_moment("30min", bare=True)
    assert due.base == Base(BaseKind.OPENED)
    assert due.from_opened
    with pytest.raises(MomentError):
        parse_moment("30min")


def test_an_unset_base_makes_no_moment() -> None:
    assert resolve(parse_moment("vigil - 1d"), lambda _base: None, LONDON) is None
    assert resolve(parse_moment("request"), lambda _base: utc("2027-01-01T00:00"), LONDON) is None


def test_offsets_apply_from_left_to_right() -> None:
    assert at("activated + 1mo + 1d", "2027-01-31T09:00") == utc("2027-03-01T09:00")
    assert at("activated + 1d + 1mo", "2027-01-31T09:00") == utc("2027-03-01T09:00")
    assert at("activated + 1mo - 1d", "2027-03-31T09:00") == utc("2027-04-29T09:00")


def test_days_keep_the_local_hour_across_a_clock_change_and_hours_elapse() -> None:
    # London goes to summer time on 28 March 2027 at 01:00 UTC
    assert at("activated + 1d", "2027-03-27T09:00") == utc("2027-03-28T08:00")
    assert at("activated + 24h", "2027-03-27T09:00") == utc("2027-03-28T09:00")


def test_an_hour_that_does_not_exist_moves_forward_by_the_gap() -> None:
    # Madrid skips 02:00 to 03:00 on 28 March 2027: 02:30 becomes 03:30 summer time
    assert at("2027-03-28 @02:30", "2027-01-01T00:00", MADRID) == utc("2027-03-28T01:30")


def test_an_hour_that_comes_twice_is_the_first() -> None:
    assert at("2027-10-31 @02:30", "2027-01-01T00:00", MADRID) == utc("2027-10-31T00:30")


def test_the_hour_is_set_on_the_local_date() -> None:
    # 23:30 UTC is already the next day in Madrid
    assert at("activated @09:00", "2027-01-10T23:30", MADRID) == utc("2027-01-11T08:00")


def test_rolling_goes_later_and_after_a_minus_earlier() -> None:
    saturday = "2027-01-16T12:00"
    assert at("activated on workdays", saturday) == utc("2027-01-18T12:00")
    assert at("activated + 0d on workdays", saturday) == utc("2027-01-18T12:00")
    assert at("activated + 1d - 1d on workdays", saturday) == utc("2027-01-15T12:00")
    assert at("activated on mon,tue", saturday) == utc("2027-01-18T12:00")
    assert at("activated - 1d on mon", saturday) == utc("2027-01-11T12:00")


def test_workdays_leave_out_weekends_and_holidays() -> None:
    christmas_eve = "2027-12-24T09:00"  # a Friday; Monday and Tuesday are holidays
    assert at("activated + 1wd", christmas_eve) == utc("2027-12-29T09:00")
    assert at("activated - 1wd", "2027-12-29T09:00") == utc("2027-12-24T09:00")
    assert at("activated + 1d on weekdays", christmas_eve) == utc("2027-12-27T09:00")
    assert at("activated + 1d on workdays", christmas_eve) == utc("2027-12-29T09:00")


def test_a_repeat_counts_from_its_start_so_month_ends_return() -> None:
    monthly = Duration(1, "mo")
    found = [at("activated", "2027-01-31T09:00", every=monthly, number=n) for n in range(4)]
    days = [moment.astimezone(LONDON.zone).day for moment in found if moment]
    assert days == [31, 28, 31, 30]


def test_a_repeat_applies_the_hour_and_the_days_to_each_occurrence() -> None:
    daily = Duration(1, "d")
    found = [at("activated @09:00 on workdays", "2027-01-15T20:00", every=daily, number=n) for n in range(4)]
    # Friday itself, then Saturday and Sunday roll to Monday, then Monday
    assert found == [utc("2027-01-15T09:00"), *[utc("2027-01-18T09:00")] * 3]
