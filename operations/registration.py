"""Stating what an organization is for VAT: the state, the flag that says a part of it, and its tax code."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from sqlmodel import Session

from invoicing.countries import VatRegistration, country
from invoicing.document.documents import DocumentKind
from invoicing.master_data.profiles import Profile
from invoicing.master_data.registration import UNTAXED, rules_of, settled, untaxed_code
from invoicing.refusals import InvalidInput
from invoicing.text.codes import small_letters
from storage.books.profile import load_profile
from storage.books.setup import load_setup
from storage.books.tax_codes import add_tax_codes, change_tax_code, load_tax_codes

Changes = Mapping[str, str | bool | int]

_SMALL = VatRegistration.SMALL_BUSINESS.value


def default_code(db: Session, profile: Profile) -> str:
    """The organization's default tax code, which can say that it is a small enterprise; empty without a country."""
    return load_setup(db, DocumentKind.INVOICE).default_tax_code().code if profile.country else ""


def code_of_registration(db: Session) -> str:
    """The tax code whose text says why the organization charges no tax; empty where it charges tax."""
    profile = load_profile(db)
    state = rules_of(settled(profile, default_code=default_code(db, profile))) if profile.country else None
    return state.code if state else ""


def registration_in_step(before: Profile, wanted: Changes) -> dict[str, str | bool | int]:
    """The changes with `vat_registration` and `small_business` saying the same.

    Raises:
        InvalidInput: the two are stated and differ.
    """
    changes = dict(wanted)
    stated, flag = changes.get("vat_registration"), changes.get("small_business")
    if isinstance(stated, str):
        small = small_letters(stated) == _SMALL
        if flag is not None and flag != small:
            raise InvalidInput(
                "small_business and vat_registration say two things: leave small_business out.", field="small_business"
            )
        changes["small_business"] = small
    elif flag is True:
        changes["vat_registration"] = _SMALL
    elif flag is False and before.vat_registration == _SMALL:
        changes["vat_registration"] = ""
    return changes


def check_registration(profile: Profile, wanted: Changes) -> None:
    """Check a change of registration and VAT number against the rest of the profile.

    Raises:
        InvalidInput: a state that the country does not have, or a VAT number of a seller that can have none.
    """
    if profile.vat_registration not in UNTAXED:
        if wanted.get("vat_registration") and profile.tax_system == "none":
            raise InvalidInput(
                "vat_registration: the organization was created with tax_system none and has no taxes to charge. Make"
                " another one with the country's tax system.",
                field="vat_registration",
            )
        return
    rules, state = country(profile.country), rules_of(profile)
    field = next((name for name in ("vat_registration", "small_business") if name in wanted), "")
    if state is None and field:
        others = ", ".join(["registered", *rules.registrations])
        raise InvalidInput(
            f"{field}: {rules.name} has no scheme for small enterprises in which no tax is charged. vat_registration"
            f" is one of {others} here.",
            field=field,
        )
    if state is not None and state.tax_number == "none" and wanted.get("tax_number"):
        raise InvalidInput(
            f"tax_number: it is a VAT number ({rules.tax_number_label}), and the organization is not registered for VAT"
            f" (vat_registration is {profile.vat_registration}). Set vat_registration to registered with it, or leave"
            " it out.",
            field="tax_number",
        )


def keep_untaxed_code(db: Session, profile: Profile, wanted: Changes, *, on: date) -> None:
    """Make the tax code of a seller that charges no tax, where the organization has it not, or not in use: its text is
    the reason that documents state.
    """
    state = rules_of(profile) if "vat_registration" in wanted else None
    if state is None or profile.tax_system == "none":
        return
    known = next((code for code in load_tax_codes(db) if code.code == state.code), None)
    if known is None:
        add_tax_codes(db, [untaxed_code(country(profile.country), state, on=on)])
    elif not known.active:
        change_tax_code(db, replace(known, active=True))
