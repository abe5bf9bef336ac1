"""Copying policy and appearance: fields of the profile, which come from the organization that is the model of a whole
organization layer. What a seller is for tax, what a person answers for, and texts are never copied.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from sqlmodel import Session

from operations.configuration.entries import shown
from operations.copying.part import Configuration, CopiedPart, Translated, Values
from operations.layer_outcomes import Layer, Untranslated
from storage.books.profile import load_profile

POLICY_FIELDS = ("rounding", "prices_include_tax", "future_days", "payment_qr", "write_off_limit")
BRANDING_FIELDS = ("brand_color",)


def fields_of(values: Values) -> dict[str, Any]:
    """The fields of the profile that the values say."""
    return dict(values)


def _load(names: Sequence[str], db: Session) -> Values:
    profile = load_profile(db)
    return tuple((name, getattr(profile, name)) for name in names)


def _with_the_profile(db: Session, values: Values) -> None:
    """Nothing: the new profile has them."""


def _translate(values: Values, source: Configuration, target: Configuration) -> Translated:
    """An amount is of a currency."""
    if source.profile.currency == target.profile.currency:
        return Translated(values)
    because = f"it is an amount in {source.profile.currency}"
    return Translated(
        tuple(value for value in values if value[0] != "write_off_limit"),
        (Untranslated("policy", "write_off_limit", because),),
    )


def _part(name: str, noun: str, names: Sequence[str], **more: Any) -> CopiedPart:
    return CopiedPart(
        name=name,
        noun=noun,
        layer=Layer.ORGANIZATION,
        of_models=True,
        load=partial(_load, names),
        add=_with_the_profile,
        key=lambda value: str(value[0]),
        shown=lambda value: {value[0]: shown(value[1])},
        **more,
    )


POLICY = _part("policy", "policy", POLICY_FIELDS, translate=_translate)
BRANDING = _part("branding", "brand color", BRANDING_FIELDS)
