"""Who works at the command line? The person named by `--as` or RESPONDER_USER, else the console itself."""

from __future__ import annotations

from typing import Annotated

import typer

from responder.app.running import city_on_disk
from responder.core.city import City
from responder.engine.people import OPERATOR, Person, find_person
from responder.engine.ports import Ports

__all__ = ["As", "acting", "city_of"]

As = Annotated[
    str,
    typer.Option("--as", envvar="RESPONDER_USER", metavar="NAME", help="Who you are: a name, email or id."),
]


def acting(ports: Ports, name: str) -> Person:
    """The person called so; the console when no name is given: it sets the house up and signs nothing.

    Raises NotFound, or InvalidInput when the name fits several people.
    """
    return find_person(ports, name) if name.strip() else OPERATOR


def city_of(ports: Ports) -> City:
    """The city file of this installation. Raises Unparsable or NotFound."""
    return city_on_disk(ports.content)
