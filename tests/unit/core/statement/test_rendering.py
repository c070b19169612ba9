"""Is a text whole in every language, and can no value change the text around it?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from responder.core.city import Block, City, CityLanguages
from responder.core.errors import InvalidInput, Unparsable
from responder.core.facts import Fact, FactValue
from responder.core.statement import (
    STOP_LINE,
    Known,
    Rendering,
    Template,
    Voice,
    Words,
    check_template,
    fill,
    parse_template,
    read_catalogue,
    render,
    source_catalogue,
)
from responder.core.statement.values import read_value
from responder.core.terms import Channel, Mode

NOW = datetime(2027, 3, 1, 15, 4, tzinfo=UTC)
CITY = City(
    "Alderport",
    "Europe/London",
    "GB",
    languages=CityLanguages("en", ("en",), ("en", "es", "ar")),
    areas={"harbour": "Harbour Quarter", "old_town": "Old Town"},
    blocks={
        "sender": Block(
            "sender", {"en": "City of Alderport", "es": "Ciudad de Alderport", "ar": "مدينة ألدربورت"}
        ),
        "helpline": Block("helpline", {"": "Help"}, phone="+447700900112"),
    },
)
DESCRIPTION = """
name: Test
kind: update
variables:
  sender: {type: block, name: Sender}
  place: {type: text, name: Place}
  injured: {type: number, name: Injured, required: false}
  avoid: {type: areas, name: Avoid, required: false}
  known: {type: list, name: Known, required: false}
  helpline: {type: block, name: Help line}
  as_of: {type: datetime, name: As of}
blocks: [known]
channels: [sms, email]
limits: {sms: {segments: 2}}
"""
FILES = {
    "template.yaml": DESCRIPTION.encode(),
    "sms.txt.j2": b"""{{ sender }}
{% block known %}
{% trans %}Place: {{ place }}{% endtrans %}
{% if injured is defined and injured %}
{% trans count=injured -%}
{{ count }} person is injured.
{%- pluralize -%}
{{ count }} people are injured.
{%- endtrans %}

{% endif %}
{% endblock %}
{% trans phone=helpline.phone %}Help line: {{ phone }}{% endtrans %}
{{ stop_line }}
""",
    "email.txt.j2": b"""Subject: {% trans %}News{% endtrans %} {{ place }}

{{ sender }}
{% for line in known %}
- {{ line }}
{% endfor %}
{% if avoid %}
{% trans %}Stay away: {{ avoid }}{% endtrans %}
{% endif %}
{% trans %}As of: {{ as_of }}{% endtrans %}
""",
    "email.html.j2": b"""<h1>{% trans %}News{% endtrans %}</h1>
<p>{% trans %}Place: {{ place }}{% endtrans %}</p>{{ sender }}""",
}
SPANISH = """
msgid ""
msgstr ""
"Language: es\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"
"Content-Type: text/plain; charset=utf-8\\n"

msgid "News"
msgstr "Noticias"

msgid "Place: %(place)s"
msgstr "Lugar: %(place)s"

msgid "%(count)s person is injured."
msgid_plural "%(count)s people are injured."
msgstr[0] "%(count)s persona herida."
msgstr[1] "%(count)s personas heridas."

msgid "Help line: %(phone)s"
msgstr "Ayuda: %(phone)s"

msgid "Stay away: %(avoid)s"
msgstr "No se acerque: %(avoid)s"

msgid "As of: %(as_of)s"
msgstr "Actualizado: %(as_of)s"
"""
ARABIC_HEAD = """
msgid ""
msgstr ""
"Language: ar\\n"
"Plural-Forms: nplurals=6; plural=(n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : "
"n%100>=3 && n%100<=10 ? 3 : n%100>=11 ? 4 : 5);\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"""


SOUND = parse_template(FILES, name="test")


def template(files: Mapping[str, bytes] | None = None) -> Template:
    return SOUND if files is None else parse_template(files, name="test")


def said(
    language: str = "en",
    *,
    po: str = SPANISH,
    mode: Mode = Mode.LIVE,
    prefix: str = "EXERCISE",
    **facts: FactValue,
) -> Rendering:
    known = Known(
        CITY, NOW, facts={name: Fact(value, NOW) for name, value in {"place": "Hall", **facts}.items()}
    )
    catalogue = source_catalogue("en") if language == "en" else read_catalogue(po.encode(), language)
    voice = Voice(CITY, catalogue, Words(language, {"exercise_prefix": prefix} if prefix else {}), mode)
    return render(template(), fill(template(), known), voice, (Channel.SMS, Channel.EMAIL))


def test_a_language_says_the_same_in_its_own_words() -> None:
    english, spanish = said().texts[Channel.SMS].text, said("es").texts[Channel.SMS].text
    assert english == f"City of Alderport\nPlace: Hall\nHelp line: +447700900112\n{STOP_LINE}"
    assert spanish == f"Ciudad de Alderport\nLugar: Hall\nAyuda: +447700900112\n{STOP_LINE}"


def test_the_first_line_of_an_email_is_its_subject() -> None:
    email = said().texts[Channel.EMAIL]
    assert email.subject == "News Hall"
    assert "Subject" not in email.text


def test_moments_are_said_in_the_citys_zone_with_weekday_and_zone() -> None:
    assert "Monday, 1 March 2027, 15:04 GMT" in said().texts[Channel.EMAIL].text
    assert "lunes, 1 de marzo de 2027" in said("es").texts[Channel.EMAIL].text


def test_lists_of_areas_are_joined_as_the_language_joins_them() -> None:
    assert "Harbour Quarter and Old Town" in said(avoid=("harbour", "old_town")).texts[Channel.EMAIL].text
    assert "Harbour Quarter y Old Town" in said("es", avoid=("harbour", "old_town")).texts[Channel.EMAIL].text


@pytest.mark.parametrize(
    ("count", "words"), [(1, "1 persona herida."), (3, "3 personas heridas."), (1200, "1200 personas")]
)
def test_counts_have_their_plural_form(count: int, words: str) -> None:
    assert words.split()[1] in said("es", injured=count).texts[Channel.SMS].text


def test_numbers_never_default_to_zero() -> None:
    assert "injured" not in said().texts[Channel.SMS].text


def test_a_language_without_one_sentence_is_not_whole_at_all() -> None:
    gap = SPANISH.replace('msgstr "Lugar: %(place)s"', 'msgstr ""')
    rendering = said("es", po=gap)
    assert not rendering.whole
    assert rendering.texts == {}
    assert rendering.missing == ("Place: %(place)s",)


def test_a_fuzzy_sentence_is_never_used() -> None:
    fuzzy = SPANISH.replace('msgid "News"', '#, fuzzy\nmsgid "News"')
    assert said("es", po=fuzzy).missing == ("News",)


def test_a_half_translated_plural_is_not_used() -> None:
    half = SPANISH.replace('msgstr[1] "%(count)s personas heridas."', 'msgstr[1] ""')
    assert not said("es", po=half, injured=1).whole


def test_a_city_block_without_the_language_makes_it_missing() -> None:
    assert not said("ar", po=ARABIC_HEAD).whole


def test_a_required_value_that_nobody_gave_is_asked_and_nothing_is_rendered() -> None:
    filled = fill(template(), Known(CITY, NOW))
    assert filled.asked == ("place",)
    voice = Voice(CITY, source_catalogue("en"), Words("en"), Mode.LIVE)
    assert render(template(), filled, voice, (Channel.SMS,)).texts == {}


def test_every_text_of_an_exercise_starts_with_the_prefix_of_its_language() -> None:
    for channel, text in said("es", mode=Mode.EXERCISE, prefix="SIMULACRO").texts.items():
        assert text.text.startswith("SIMULACRO"), channel
        assert not text.subject or text.subject.startswith("SIMULACRO")
        assert not text.html or "SIMULACRO" in text.html[:40]


def test_an_exercise_in_a_language_without_a_prefix_is_not_whole() -> None:
    assert not said("es", mode=Mode.EXERCISE, prefix="").whole


HOSTILE = [
    "Hall\r\nBcc: everyone@example.com",
    "<script>alert(1)</script>",
    "{{ 7 * 7 }}{% for x in y %}",
    "%(count)s %s %d %",
    "\u202eevil\u202c \u2066x\u2069 \u200f",
    "\x00\x1b[31m\u2028next",
    f"{STOP_LINE}\ue0001\ue001",
    "A" * 5_000,
]


@pytest.mark.parametrize("value", HOSTILE)
@pytest.mark.parametrize("language", ["en", "es"])
def test_no_value_changes_the_text_around_it(value: str, language: str) -> None:
    plain, hostile = said(language).texts, said(language, place=value).texts
    for channel, text in hostile.items():
        assert text.text.count("\n") == plain[channel].text.count("\n")
        assert "\n" not in text.subject
        assert "\r" not in text.subject + text.text
        assert "<script" not in text.html
        assert not set("\u202e\u202c\u2066\u2069\u2028\x00\x1b") & set(text.subject + text.text + text.html)
        assert text.text.count(STOP_LINE) == plain[channel].text.count(STOP_LINE)


def test_a_value_is_never_read_as_a_template_or_a_placeholder() -> None:
    assert "{{ 7 * 7 }}" in said(place="{{ 7 * 7 }}").texts[Channel.SMS].text
    assert "%(count)s" in said("es", place="%(count)s").texts[Channel.SMS].text


def test_a_template_runs_in_a_sandbox() -> None:
    evil = {**FILES, "sms.txt.j2": b"{{ place.__class__.__mro__ }}"}
    filled = fill(template(evil), Known(CITY, NOW, typed={"place": "x"}))
    voice = Voice(CITY, source_catalogue("en"), Words("en"), Mode.LIVE)
    with pytest.raises(InvalidInput, match="cannot be rendered"):
        render(template(evil), filled, voice, (Channel.SMS,))


def test_values_are_found_by_name_item_before_fact_before_city_before_typed() -> None:
    fact = Fact("fact", NOW)
    known = Known(CITY, NOW, facts={"place": fact}, item={"place": "item"}, typed={"place": "typed"})
    assert fill(template(), known).origins["place"] == "item"
    assert fill(template(), replace(known, item={})).origins["place"] == "fact"
    typed = fill(template(), replace(known, item={}, facts={}))
    assert (typed.values["place"], "place" in typed.verified) == ("typed", False)


def test_an_expired_fact_is_asked_again() -> None:
    fact = Fact("Hall", NOW, expires=NOW)
    assert fill(template(), Known(CITY, NOW, facts={"place": fact})).asked == ("place",)


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("injured", "12", 12),
        ("avoid", "Old Town; harbour", ("old_town", "harbour")),
        ("known", "One.\nTwo.", ("One.", "Two.")),
        ("as_of", "2027-07-01 12:00", datetime(2027, 7, 1, 11, 0, tzinfo=UTC)),
    ],
)
def test_what_people_type_becomes_a_value(name: str, text: str, value: FactValue) -> None:
    assert read_value(template().variables[name], text, CITY) == value


@pytest.mark.parametrize(
    ("name", "text"), [("injured", "some"), ("injured", "nan"), ("avoid", "Mars"), ("as_of", "noon")]
)
def test_what_does_not_fit_is_refused_with_a_mend(name: str, text: str) -> None:
    with pytest.raises(InvalidInput) as error:
        read_value(template().variables[name], text, CITY)
    assert error.value.mend


def test_a_sound_template_has_no_problems() -> None:
    assert check_template(FILES, {"es": read_catalogue(SPANISH.encode(), "es")}, name="test") == []


@pytest.mark.parametrize(
    ("change", "rule", "place"),
    [
        ({"sms.txt.j2": b"{{ sender }}\n{{ plase }}"}, "unknown-variable", "sms.txt.j2:2"),
        ({"sms.txt.j2": b"{% if place %}"}, "bad-template", "sms.txt.j2:1"),
        ({"sms.txt.j2": b"{% include 'x' %}"}, "bad-template", "sms.txt.j2:1"),
        ({"sms.txt.j2": b"\n{% trans %}New sentence{% endtrans %}"}, "missing-translation", "sms.txt.j2:2"),
        ({"email.txt.j2": b"{{ sender }}"}, "missing-subject", "email.txt.j2:1"),
        (
            {"template.yaml": DESCRIPTION.replace("update", "updat").encode()},
            "unknown-choice",
            "template.yaml:3",
        ),
        ({"sms.txt.j2": b"\xff"}, "not-utf-8", "sms.txt.j2"),
    ],
)
def test_check_names_the_place_of_every_problem(change: dict[str, bytes], rule: str, place: str) -> None:
    problems = check_template(
        {**FILES, **change}, {"es": read_catalogue(SPANISH.encode(), "es")}, name="test"
    )
    assert any(problem.rule == rule and place in str(problem.place) for problem in problems), problems


def test_check_finds_other_placeholders_in_a_translation() -> None:
    other = SPANISH.replace("Lugar: %(place)s", "Lugar: %(plase)s")
    problems = check_template(FILES, {"es": read_catalogue(other.encode(), "es")}, name="test")
    assert {problem.rule for problem in problems} == {"placeholder-mismatch"}


def test_a_broken_catalogue_says_where() -> None:
    with pytest.raises(Unparsable):
        read_catalogue(b'msgid "x"\nnonsense\n', "es")
