"""Copying payment terms."""

from __future__ import annotations

from dataclasses import replace

from sqlmodel import Session

from invoicing.countries.names import country_named
from invoicing.master_data.records import PaymentTerm
from invoicing.refusals import Conflict
from invoicing.settlement.discounts import FROM_THE_START
from operations.configuration.terms import term_entry
from operations.copying.part import Configuration, CopiedPart, Translated, Values
from operations.layer_outcomes import Layer, Untranslated
from storage.books.setup import add_terms, load_terms, save_term


def _translate(values: Values, source: Configuration, target: Configuration) -> Translated:
    """A discount for early payment does not go where its law lets none be taken later."""
    if not FROM_THE_START.get(target.profile.country):
        return Translated(values)
    because = f"a discount for early payment is not made in {country_named(target.profile.country)}"
    refused = tuple(Untranslated("payment_terms", value.code, because) for value in values if value.discount_days)
    return Translated(tuple(value for value in values if not value.discount_days), refused)


def _fill(translated: Translated, usual: Values, target: Configuration) -> Values:
    """Exactly one of the terms is the default: the usual one where none is."""
    terms = translated.values
    if any(term.is_default for term in terms):
        return terms
    default = next(term for term in usual if term.is_default)
    return (*(term for term in terms if term.code != default.code), default)


def _kept_here(value: PaymentTerm, here: PaymentTerm | None) -> PaymentTerm:
    """Which terms are the default, each organization says for itself."""
    return replace(value, is_default=here is not None and here.is_default)


def _common(value: PaymentTerm) -> PaymentTerm:
    return replace(value, is_default=False)


def _check(db: Session, value: PaymentTerm, here: PaymentTerm | None, target: Configuration) -> None:
    if here is not None and here.is_default and not value.active:
        raise Conflict("they are the default here.")


PAYMENT_TERMS = CopiedPart(
    name="payment_terms",
    noun="payment term",
    layer=Layer.ORGANIZATION,
    load=lambda db: tuple(load_terms(db)),
    add=add_terms,
    key=lambda value: str(value.code),
    shown=lambda value: {**term_entry(value).values, "active": str(value.active).lower()},
    translate=_translate,
    fill=_fill,
    kept_here=_kept_here,
    common=_common,
    check=_check,
    put=save_term,
)
