"""The parts that are copied, in the order in which they rest on each other. A new one is one more entry here."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sqlmodel import Session

from operations.copying.accounts import ACCOUNTS, POSTING_PROFILES, TRANSACTION_TYPES
from operations.copying.assistance import AGENTS, SKILLS
from operations.copying.part import Configuration, CopiedPart, Values
from operations.copying.policy import BRANDING, POLICY
from operations.copying.taxes import JURISDICTIONS, TAX_AUTHORITIES, TAX_CODES, WITHHOLDINGS
from operations.copying.terms import PAYMENT_TERMS
from operations.copying.workflows import WORKFLOWS
from operations.layer_outcomes import Layer
from storage.books.profile import load_profile

PARTS: tuple[CopiedPart, ...] = (
    ACCOUNTS,
    TAX_AUTHORITIES,
    JURISDICTIONS,
    TAX_CODES,
    WITHHOLDINGS,
    PAYMENT_TERMS,
    POLICY,
    BRANDING,
    POSTING_PROFILES,
    TRANSACTION_TYPES,
    WORKFLOWS,
    AGENTS,
    SKILLS,
)


RESTED_ON = frozenset({"accounts", "tax_authorities", "jurisdictions", "posting_profiles", "workflows"})
"""Parts that are looked at when others are translated."""


def parts_of(layer: Layer) -> tuple[CopiedPart, ...]:
    return tuple(part for part in PARTS if part.layer is layer)


def load_parts(db: Session, names: Collection[str] = ()) -> Mapping[str, Values]:
    """The values of the parts of these names, or of all, by the part's name."""
    return {part.name: part.load(db) for part in PARTS if not names or part.name in names}


def load_configuration(db: Session, handle: str, names: Collection[str] = ()) -> Configuration:
    """What the organization of this handle has that can be copied: the parts of these names, or all."""
    return Configuration(handle, load_profile(db), load_parts(db, names))
