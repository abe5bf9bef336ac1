"""Parts that are fields of the organization's profile: one entry each, changed as any other field of it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from sqlmodel import Session

from invoicing.money.amounts import parse_whole
from invoicing.organizations import client_may_text
from invoicing.refusals import InvalidInput
from operations.access import Office
from operations.configuration.entries import Change, Entry, Part, flag, no_such_entry, shown
from operations.profile import update_organization
from storage.books.pool import Books
from storage.books.profile import load_profile

_FLAGS = frozenset({"prices_include_tax", "small_business", "payment_qr"})
_OF_CLIENTS = "client_may"
_LOGO = "logo"


@dataclass(frozen=True, slots=True, kw_only=True)
class PartOfProfile:
    """A part whose only entry has the part's name as its code. `fields` says of each field of the profile what it is;
    who may change it is that field's own right.
    """

    part: Part
    fields: Mapping[str, str]
    withdrawing: str = ""

    @property
    def title(self) -> str:
        return self.part.value

    @property
    def read(self) -> Callable[[Session, Books], Sequence[Entry]]:
        return partial(_entries, self)


async def save_profile_part(office: Office, books: Books, of: PartOfProfile, change: Change, *, agreed: bool) -> Entry:
    """Set the given fields, and answer the entry as it is now. An empty value empties a field that may be empty; one
    that is as it is shown says nothing new.

    Raises:
        NotAllowed, InvalidInput, Conflict: as `update_organization` says, by the field.
    """
    if change.code.strip() not in ("", of.part.value):
        raise no_such_entry("entry")
    if not change.values:
        raise InvalidInput("values: nothing to change: give at least one field.", field="values")
    (now,) = await books.read(lambda db: _entries(of, db, books))
    wanted = {name: text for name, text in change.values.items() if text.strip() != now.values.get(name)}
    changes = {name: _typed(name, text) for name, text in wanted.items()}
    if not changes:
        return now
    books, _ = await update_organization(office, books, changes, agreed=agreed)
    (entry,) = await books.read(lambda db: _entries(of, db, books))
    return entry


def _entries(of: PartOfProfile, db: Session, books: Books) -> list[Entry]:
    organization = books.organization
    values: dict[str, object] = {
        "named_writes": organization.named_writes.value,
        "human_approval": organization.human_approval.value,
    }
    if organization.partner_id:
        values[_OF_CLIENTS] = client_may_text(organization.client_may)
    profile = load_profile(db)
    values |= {name: getattr(profile, name) for name in of.fields if hasattr(profile, name)}
    return [Entry(of.part.value, {name: shown(values[name]) for name in of.fields if name in values})]


def _typed(name: str, text: str) -> str | bool | int:
    """The value as a field of the profile takes it."""
    if name == _LOGO and text.strip():
        raise InvalidInput("values: a logo comes as a file; here an empty text removes it.", field="values")
    if name in _FLAGS:
        return flag(name, text)
    return parse_whole(text, field=name) if name == "future_days" else text


BRANDING = PartOfProfile(
    part=Part.BRANDING,
    fields={
        "brand_color": "#RRGGBB, or empty",
        "second_language": "of documents, two letters, or empty",
        "footer": "the foot of documents, or empty",
        "trading_name": "what it is called besides its legal name, or empty",
        "contact": "whom buyers can ask, or empty",
        "identifier": "such as 0088:GLN, or empty",
        "e_invoice_address": "scheme:address, where e-invoices reach it, or empty",
        _LOGO: "the file that it is kept as; empty removes it",
    },
)
POLICY = PartOfProfile(
    part=Part.POLICY,
    fields={
        "prices_include_tax": "true or false",
        "rounding": "sum_of_lines or per_line",
        "small_business": "true: charges no tax, as a small enterprise",
        "future_days": "how many days ahead an issue date may be",
        "payment_qr": "true or false",
        "mandates": "refuse or warn, where the law takes no PDF",
        "write_off_limit": "the most that is written off of an invoice, in the currency of the books",
        "tax_due": "supply, or payment: cash accounting, for documents issued from then on",
        "named_writes": "live, always or off: which changes must name the organization",
        "human_approval": "off, or live: a person approves what is issued in live organizations, not a model",
        _OF_CLIENTS: "which of the practice's acts a client's own people may do, words with blanks between",
    },
)
