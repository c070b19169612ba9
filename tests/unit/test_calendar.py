"""Does the city's calendar count as people do?"""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from responder.core.calendar import Calendar, Duration, parse_duration
from responder.core.errors import InvalidInput

BERLIN = Calendar(ZoneInfo("Europe/Berlin"), holidays=frozenset({date(2027, 5, 6)}))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN.zone).astimezone(UTC)


@pytest.mark.parametrize(
    ("start", "duration", "sign", "end"),
    [
        ("2027-03-27T10:00", "1d", 1, "2027-03-28T10:00"),  # the hour stays across the spring change
        ("2027-03-27T10:00", "24h", 1, "2027-03-28T11:00"),  # elapsed time does not
        ("2027-01-31T09:00", "1mo", 1, "2027-02-28T09:00"),
        ("2028-01-31T09:00", "1mo", 1, "2028-02-29T09:00"),
        ("2028-02-29T09:00", "1y", 1, "2029-02-28T09:00"),
        ("2027-03-31T09:00", "1mo", -1, "2027-02-28T09:00"),
        ("2027-01-15T09:00", "14mo", 1, "2028-03-15T09:00"),
        ("2027-05-05T09:00", "1wd", 1, "2027-05-07T09:00"),  # 6 May 2027 is a holiday
        ("2027-05-10T09:00", "2wd", -1, "2027-05-05T09:00"),
        ("2027-05-10T09:00", "2w", -1, "2027-04-26T09:00"),
        ("2027-05-10T09:00", "90min", 1, "2027-05-10T10:30"),
    ],
)
def test_a_duration_is_added_on_local_time(start: str, duration: str, sign: int, end: str) -> None:
    assert BERLIN.shift(at(start), parse_duration(duration), sign=sign) == at(end)


def test_an_hour_that_does_not_exist_moves_forward_by_the_gap() -> None:
    moment = BERLIN.instant(date(2027, 3, 28), time(2, 30))
    assert BERLIN.local(moment).time() == time(3, 30)


def test_an_hour_that_comes_twice_is_the_first() -> None:
    assert BERLIN.instant(date(2027, 10, 31), time(2, 30)) == datetime(2027, 10, 31, 0, 30, tzinfo=UTC)


def test_a_roll_goes_later_or_earlier_and_keeps_the_hour() -> None:
    saturday = at("2027-05-08T09:00")
    assert BERLIN.roll_to_workday(saturday) == at("2027-05-10T09:00")
    assert BERLIN.roll_to_workday(saturday, sign=-1) == at("2027-05-07T09:00")
    assert BERLIN.roll(saturday, frozenset({2})) == at("2027-05-12T09:00")


def test_a_calendar_without_workdays_is_an_error_and_not_a_hang() -> None:
    with pytest.raises(InvalidInput):
        Calendar(ZoneInfo("UTC"), weekend=frozenset(range(7))).roll_to_workday(at("2027-05-08T09:00"))


def test_m_is_refused_because_it_could_mean_two_things() -> None:
    with pytest.raises(InvalidInput, match="30min or 30mo"):
        parse_duration("30m")


@pytest.mark.parametrize("text", ["", "h", "1", "1.5h", "-1h", "1 h", "10parsecs", "9999999d"])
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput):
        parse_duration(text)


def test_a_duration_reads_back_as_it_was_written() -> None:
    assert str(parse_duration("3mo")) == "3mo"
    assert parse_duration("3mo") == Duration(3, "mo")
