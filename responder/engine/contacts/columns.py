"""Which column of a file is what, and which may not be there at all?"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from responder.core.errors import InvalidInput, Refused

__all__ = ["COLUMN_NAMES", "Columns", "read_columns"]

COLUMN_NAMES: Mapping[str, tuple[str, ...]] = {
    "name": (
        "name", "full name", "contact", "nombre", "nombre completo", "nom", "nom complet", "naam",
        "nome", "nazwa", "ім'я", "имя", "الاسم", "ad soyad",
    ),
    "first_name": ("first name", "given name", "forename", "nombre de pila", "prénom", "vorname", "imię"),
    "last_name": (
        "last name", "surname", "family name", "apellido", "apellidos", "nom de famille", "nachname",
        "nazwisko", "achternaam", "прізвище", "фамилия",
    ),
    "phone": (
        "phone", "phone number", "mobile", "mobile phone", "mobile number", "cell", "cell phone", "sms",
        "tel", "telephone", "telephone number", "teléfono", "móvil", "celular", "téléphone", "portable",
        "telefon", "handy", "telefono", "telefone", "telefoon", "телефон", "الهاتف", "رقم الهاتف", "الجوال",
    ),
    "email": (
        "email", "e mail", "email address", "mail", "correo", "correo electrónico", "courriel",
        "adresse email", "пошта", "електронна пошта", "البريد الإلكتروني", "eposta",
    ),
    "languages": (
        "languages", "language", "preferred language", "preferred languages", "lang", "idioma", "idiomas",
        "langue", "langues", "sprache", "sprachen", "lingua", "мова", "мови", "اللغة", "اللغات", "dil",
    ),
    "lists": ("lists", "list", "audience", "audiences", "topics", "listas", "lista", "listes", "liste"),
    "areas": (
        "areas", "area", "district", "districts", "neighbourhood", "neighborhood", "ward", "zone", "zona",
        "zonas", "barrio", "quartier", "stadtteil", "bezirk", "район", "الحي", "المنطقة",
    ),
    "channels": ("channels", "channel", "by", "canal", "canales", "canaux", "kanal"),
    "basis": (
        "basis", "lawful basis", "legal basis", "consent", "consent basis", "base legal", "consentimiento",
    ),
    "organisation": ("organisation", "organization", "organisation id", "organization id", "organización"),
}  # fmt: skip
"""Column → the headings that mean it; case, accents, spaces and signs do not matter."""

_FORBIDDEN: Mapping[str, tuple[str, ...]] = {
    "religion or belief": (
        "relig*", "faith*", "confession", "konfession", "denomination", "creed", "church", "mosque",
        "synagogue", "belief*", "glaube*", "wyznanie", "din", "dini", "mezhep", "ديانة", "الديانة", "الدين",
        "مذهب", "المذهب", "реліг*", "религ*", "віросповідання", "вероисповедание", "godsdienst", "fe",
    ),
    "ethnicity, origin or nationality": (
        "ethni*", "etni*", "race", "racial", "raza", "rasse", "nationalit*", "nationality", "nacionalidad*",
        "nazionalita", "nationaliteit", "staatsangehorigkeit", "staatsburgerschaft", "herkunft",
        "citizenship", "ciudadania", "citoyennete", "tribe", "caste", "clan", "skin", "immigration*",
        "migrant*", "refugee*", "asylum*", "narodowosc", "obywatelstwo", "uyruk", "milliyet", "etnik",
        "birthplace", "національн*", "национальн*", "громадянство", "гражданство", "етн*", "этн*",
        "جنسية", "الجنسية", "عرق", "العرق", "الأصل", "قبيلة", "القبيلة",
    ),
    "sexual orientation or gender": (
        "orientation", "orientacion", "orientierung", "orientamento", "sexual*", "sexuel*", "sexualitat",
        "sexo", "sexe", "gender*", "genero", "genre", "geschlecht", "lgbt*", "lgbtq*", "trans", "queer",
        "cinsiyet", "стать", "орієнтація", "ориентация", "الميول", "الجنس", "pronouns",
    ),
    "health or disability": (
        "health*", "medical*", "disab*", "diagnos*", "illness*", "disease*", "handicap*", "salud",
        "discapacidad*", "sante", "gesundheit*", "behinderung*", "krankheit*", "salute", "disabilita",
        "zdrowie", "niepelnosprawnosc", "saglik", "engelli*", "здоров*", "інвалідність", "инвалидность",
        "صحة", "الصحة", "إعاقة", "الإعاقة", "pregnan*",
    ),
    "politics or union membership": (
        "politic*", "political*", "politik*", "party", "partei", "parti", "partido", "partito", "union",
        "syndicat", "sindicato", "gewerkschaft", "ideolog*", "extremis*", "radicali*", "партія", "партия",
        "حزب", "الحزب",
    ),
    "community": (
        "community", "communities", "comunidad", "communaute", "gemeinschaft", "victim*", "suspect*",
    ),
}  # fmt: skip
"""What no column may carry → words that betray it; a star takes any ending."""

_WHY = (
    "A table that says which community a person belongs to can become a target list. "
    "Responder reaches people by lists they chose, areas and organisations."
)


@dataclass(frozen=True, slots=True)
class Columns:
    """Which cell of a row is what. `ignored` are headings that mean nothing here and are not kept."""

    places: Mapping[str, int]
    ignored: tuple[str, ...] = ()

    def get(self, cells: Sequence[str], column: str) -> str:
        place = self.places.get(column)
        return cells[place].strip() if place is not None else ""


def read_columns(header: Sequence[str]) -> Columns:
    """Find the columns of a file.

    Raises Refused, naming every heading that could say who belongs to a community; InvalidInput when
    there is neither a phone nor an email column, or two of the same.
    """
    _refuse_forbidden(header)
    places: dict[str, int] = {}
    ignored: list[str] = []
    for place, heading in enumerate(header):
        column = _MEANS.get(_plain(heading))
        if column is None:
            ignored += [heading.strip()] if heading.strip() else []
        elif column in places:
            earlier = header[places[column]].strip()
            message = f"“{earlier}” and “{heading.strip()}” both mean {column.replace('_', ' ')}."
            raise InvalidInput(message, mend="Keep one of the two columns.")
        else:
            places[column] = place
    if "phone" not in places and "email" not in places:
        found = ", ".join(f"“{heading.strip()}”" for heading in header[:12])
        raise InvalidInput(f"No column holds a phone number or an email address: {found}.", mend=_NAME_THEM)
    return Columns(places, tuple(ignored))


_NAME_THEM = (
    "Name the columns in the first row: name, phone, email, languages, lists, areas, channels, basis."
)


def forbidden_kind(heading: str) -> str | None:
    """What a heading would say of a person that must not be kept; None when it is harmless."""
    words = _plain(heading).split()
    for kind, stems in _STEMS.items():
        if any(_betrays(word, stem) for word in words for stem in stems):
            return kind
    return None


def _refuse_forbidden(header: Sequence[str]) -> None:
    bad = [(heading.strip(), kind) for heading in header if (kind := forbidden_kind(heading))]
    if bad:
        named = "; ".join(f"“{heading}” ({kind})" for heading, kind in bad)
        raise Refused(f"The file has columns that must not be kept: {named}. {_WHY}", mend="Delete them.")


def _betrays(word: str, stem: str) -> bool:
    return word.startswith(stem[:-1]) if stem.endswith("*") else word == stem


def _plain(heading: str) -> str:
    """Small letters without accents, signs as spaces: “Correo_Electrónico” becomes “correo electronico”."""
    split = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", heading.strip())
    letters = unicodedata.normalize("NFKD", split.casefold())
    bare = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return " ".join(re.sub(r"[\W_]+", " ", bare).split())


_MEANS = {_plain(heading): column for column, headings in COLUMN_NAMES.items() for heading in headings}
_STEMS = {
    kind: tuple(_plain(stem) + "*" * stem.endswith("*") for stem in stems)
    for kind, stems in _FORBIDDEN.items()
}
