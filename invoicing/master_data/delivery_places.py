"""Where a customer has things delivered: several places by name, one of which can be the usual one, as a text.

`Warehouse: line1=Dock Road 3; postal_code=M17 1AB; city=Manchester; country=GB; default`, a line for each.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

from invoicing.document.parts import checked_delivery
from invoicing.document.references import Delivery
from invoicing.refusals import InvalidInput, LimitExceeded
from invoicing.text.typed import clean_text, fold, quoted

PLACES_MAX = 50
_FIELDS = tuple(one.name for one in fields(Delivery) if "length_max" in one.metadata)
_DEFAULT = "default"


@dataclass(frozen=True, slots=True)
class DeliveryPlace:
    """A place by its `name`; the `usual` one is that of documents which name none."""

    name: str
    delivery: Delivery
    usual: bool = False


def delivery_places(text: str) -> tuple[DeliveryPlace, ...]:
    """The places that a text names, which was checked when it was kept."""
    return tuple(_place(line) for line in text.splitlines())


def check_delivery_places(text: str) -> str:
    """The text as it is kept.

    Raises:
        InvalidInput: a line of another form, a name twice, or two usual places.
        LimitExceeded: too many places.
    """
    lines = [line for line in clean_text(text, field="delivery_addresses", limit=20_000).splitlines() if line.strip()]
    if len(lines) > PLACES_MAX:
        raise LimitExceeded(f"delivery_addresses: at most {PLACES_MAX} are allowed.", field="delivery_addresses")
    places = [_place(line) for line in lines]
    if len({fold(place.name) for place in places}) < len(places):
        raise _refused("each needs a name of its own")
    if sum(place.usual for place in places) > 1:
        raise _refused("one alone can be the default")
    return "\n".join(map(_line, places))


def place_for(places: tuple[DeliveryPlace, ...], name: str) -> Delivery | None:
    """The place of this name, or without one the usual one, if there is any.

    Raises:
        InvalidInput: none has this name.
    """
    if not name:
        return next((place.delivery for place in places if place.usual), None)
    for place in places:
        if fold(place.name) == fold(name):
            return place.delivery
    known = [place.name for place in places]
    raise InvalidInput(
        f"delivery: the customer has no delivery address {quoted(name)}. Known: {', '.join(known) or 'none'};"
        " delivery_line1, delivery_city and the like state another one.",
        field="delivery",
        candidates=known,
    )


def _place(line: str) -> DeliveryPlace:
    name, colon, rest = line.partition(":")
    parts = [part.strip() for part in rest.split(";") if part.strip()]
    values = [part.partition("=") for part in parts if part != _DEFAULT]
    if not name.strip() or not colon or not values:
        raise _refused("a line for each is wanted, such as Warehouse: line1=Dock Road 3; city=Manchester; country=GB")
    for field, sign, _ in values:
        if not sign or field.strip() not in _FIELDS:
            raise _refused(f"{quoted(field)} is no field of one. Fields: {', '.join(_FIELDS)}, and {_DEFAULT} alone")
    said: dict[str, Any] = {field.strip(): value.strip() for field, _, value in values}
    delivery = checked_delivery(Delivery(**said))
    return DeliveryPlace(name.strip(), delivery or Delivery(), _DEFAULT in parts)


def _line(place: DeliveryPlace) -> str:
    values = {name: getattr(place.delivery, name) for name in _FIELDS}
    said = [f"{name}={value}" for name, value in values.items() if value]
    return f"{place.name}: {'; '.join([*said, *([_DEFAULT] if place.usual else [])])}"


def _refused(why: str) -> InvalidInput:
    return InvalidInput(f"delivery_addresses: {why}.", field="delivery_addresses")
