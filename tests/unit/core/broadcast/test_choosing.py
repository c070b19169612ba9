"""Who gets it in which language, and not before when?"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from responder.core.broadcast import (
    Selection,
    SelectionKind,
    not_before,
    notice_key,
    quiet_span,
    serving,
    undo_window,
    waves_of,
    window,
)
from responder.core.calendar import Calendar
from responder.core.errors import InvalidInput
from responder.core.terms import AudienceDefinition, Channel, Urgency

BERLIN = Calendar(ZoneInfo("Europe/Berlin"))


def test_a_region_is_served_by_its_bare_language() -> None:
    assert serving(["es-MX", "es", "pt-BR"], ["en", "es"]) == {"es-MX": "es", "es": "es"}


def test_one_regions_text_never_serves_another_region() -> None:
    assert serving(["zh-Hant", "zh"], ["zh-Hans"]) == {}


def test_spellings_of_one_language_are_one() -> None:
    assert serving(["zh_hans"], ["zh-Hans"]) == {"zh_hans": "zh-Hans"}


def test_a_notice_is_known_by_its_readers_language() -> None:
    assert notice_key("zh_hans") == "notice-zh-Hans"


def test_an_audience_narrows_the_channels_and_keeps_its_own_quiet_hours() -> None:
    both = (Channel.SMS, Channel.EMAIL)
    partners = AudienceDefinition("p", "Partners", channels=(Channel.EMAIL,), quiet="20:00-08:00")
    residents = AudienceDefinition("r", "Residents")
    waves = waves_of([partners, residents], both, quiet="22:00-07:00")
    assert [(wave.channels, wave.quiet) for wave in waves] == [
        ((Channel.EMAIL,), "20:00-08:00"),
        (both, "22:00-07:00"),
    ]
    assert Selection(SelectionKind.AUDIENCES, waves=waves).all_channels() == (Channel.EMAIL, Channel.SMS)


@pytest.mark.parametrize(
    ("now", "until"),
    [
        ("2027-03-01 20:59", None),
        ("2027-03-01 21:00", "2027-03-02 06:00"),
        ("2027-03-02 03:00", "2027-03-02 06:00"),
        ("2027-03-02 06:00", None),
        ("2027-03-28 00:30", "2027-03-28 05:00"),  # the night when clocks go forward
        ("2027-10-31 00:30", "2027-10-31 06:00"),  # and the one when they go back
    ],
)
def test_quiet_hours_go_over_midnight_in_the_citys_zone(now: str, until: str | None) -> None:
    moment = datetime.fromisoformat(now).replace(tzinfo=UTC)
    expected = None if until is None else datetime.fromisoformat(until).replace(tzinfo=UTC)
    assert not_before(moment, "22:00-07:00", BERLIN) == expected


def test_quiet_hours_within_a_day() -> None:
    noon = datetime(2027, 3, 1, 12, 0, tzinfo=UTC)
    assert not_before(noon, "12:30-14:00", BERLIN) == datetime(2027, 3, 1, 13, 0, tzinfo=UTC)


@pytest.mark.parametrize("text", ["22-7", "25:00-07:00", "", "late"])
def test_what_are_no_quiet_hours_is_said(text: str) -> None:
    with pytest.raises(InvalidInput):
        quiet_span(text)


def test_what_is_urgent_has_no_undo_window() -> None:
    assert undo_window(Urgency.NORMAL, seconds=60) == timedelta(seconds=60)
    assert (
        undo_window(Urgency.URGENT, seconds=60)
        == undo_window(Urgency.LIFE_SAFETY, seconds=60)
        == timedelta(0)
    )


def test_the_window_is_four_messages_a_connection() -> None:
    assert window(32) == 128
