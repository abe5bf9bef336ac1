"""What the law wants said of the organization itself on its papers: one entry, with the fields of its legal form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from sqlmodel import Session

from invoicing.countries.particulars import seller_rules
from invoicing.countries.particulars.model import LEGAL_FORM, Duty, ParticularField, SellerRules
from invoicing.document.readiness import check_country
from invoicing.master_data.particulars import check_particular, legal_form_of, particulars_text, stated_particulars
from invoicing.master_data.profiles import Profile
from invoicing.refusals import InvalidInput
from operations.configuration.entries import Change, Entry, Part, PartOf, no_such_entry, record
from operations.rights import Right
from storage.books.pool import Books
from storage.books.profile import load_profile, save_profile

_ON = {"invoice": "on invoices", "letter": "on letters", "custom": "optional"}


def _entry(profile: Profile) -> Entry:
    stated = stated_particulars(profile)
    asked = [field.code for field in _fields(profile)]
    return Entry(Part.PARTICULARS.value, {code: stated.get(code, "") for code in dict.fromkeys((*asked, *stated))})


def _entries(db: Session, books: Books) -> list[Entry]:
    profile = load_profile(db)
    return [_entry(profile)] if profile.country else []


def _fields(profile: Profile) -> tuple[ParticularField, ...]:
    """Those of the stated legal form; without one the legal form alone, and what all forms have."""
    form = legal_form_of(profile)
    return seller_rules(profile.country).fields_of(form.code if form else "")


def _told(db: Session, books: Books) -> Mapping[str, str]:
    profile = load_profile(db)
    if not profile.country:
        return {}
    form = legal_form_of(profile)
    rules = seller_rules(profile.country)
    return {one.code: _meaning(rules, one, form.code if form else "") for one in _fields(profile)}


def _meaning(rules: SellerRules, field: ParticularField, form: str) -> str:
    """What a field is called at home, how it is written, and where which law wants it."""
    if field.code == LEGAL_FORM:
        return f"{field.name}: {', '.join(one.code for one in rules.forms)}"
    wanted = [duty for duty in rules.duties_of(form) if field.code in (*duty.fields, *duty.where_any)]
    where = [_place(duty, field) for duty in wanted]
    kind = {"flag": "true or false", "amount": "an amount with its currency"}.get(field.kind, "")
    how = field.form or ", ".join(field.choices) or kind
    usual = f"else the {field.fallback}" if field.fallback else "else as the law has it" if field.default else ""
    return "; ".join(text for text in (field.name, how, usual, *where) if text)


def _place(duty: Duty, field: ParticularField) -> str:
    any_there = ", where there is one" if field.code in duty.where_any and duty.on != "custom" else ""
    return f"{_ON[duty.on]}{any_there}: {duty.law}" if duty.on != "custom" else _ON[duty.on]


def _save(db: Session, books: Books, change: Change) -> str:
    code = Part.PARTICULARS.value
    if change.code.strip() not in ("", code):
        raise no_such_entry("entry")
    if not change.values:
        raise InvalidInput("values: nothing to change: give at least one field.", field="values")
    before = load_profile(db)
    check_country(before)
    stated = dict(stated_particulars(before))
    stated |= {name: check_particular(before, name, text) for name, text in change.values.items()}
    after = replace(before, particulars=particulars_text(stated))
    _check_fits(after)
    save_profile(db, after)
    record(db, books, Part.PARTICULARS, code, _entry(before), _entry(after))
    return code


def _check_fits(profile: Profile) -> None:
    """Refuse what sellers of this legal form do not have: it would be printed, and mislead.

    Raises:
        InvalidInput: naming what does not belong to the form, and what does.
    """
    known = [field.code for field in _fields(profile)]
    foreign = [code for code in stated_particulars(profile) if code not in known]
    if not foreign:
        return
    form = legal_form_of(profile)
    what = f"of the legal form {form.code}" if form else "without a legal_form"
    raise InvalidInput(
        f"values: {', '.join(foreign)}: not a particular {what}, which has {', '.join(known)}. Set it to nothing.",
        field="values",
        candidates=known,
    )


PARTICULARS = PartOf(
    title="particulars",
    fields={},
    fields_now=_told,
    read=_entries,
    save=_save,
    right=Right.CHANGE_SETTINGS,
)
