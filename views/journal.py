"""Entries of the journal as a page shows them, written by the organization's own locale."""

from __future__ import annotations

from collections.abc import Sequence

from invoicing.master_data.profiles import Profile
from operations.journal import EntrySide, ShownEntry
from views.base import View
from views.listed_documents import formats_of


class SideRow(View):
    """A side of an entry: one of the two amounts is empty."""

    account: str
    name: str
    tags: str
    debit: str
    credit: str
    currency: str


class EntryRow(View):
    """An entry; `document` is the address of what it is of, and empty where there is none."""

    day: str
    description: str
    document: str
    sides: list[SideRow]


def entry_rows(entries: Sequence[ShownEntry], profile: Profile, place: str) -> list[EntryRow]:
    """The entries of the organization whose pages are at `place`."""
    days = formats_of(profile, "")
    return [
        EntryRow(
            day=days.date(one.day),
            description=one.description,
            document=f"{place}/invoices/{one.document}" if one.document else "",
            sides=[_side(side, profile) for side in one.sides],
        )
        for one in entries
    ]


def _side(side: EntrySide, profile: Profile) -> SideRow:
    formats = formats_of(profile, side.currency)
    return SideRow(
        account=side.account,
        name=side.name,
        tags=side.tags,
        debit=formats.amount(side.debit_minor) if side.debit_minor else "",
        credit=formats.amount(side.credit_minor) if side.credit_minor else "",
        currency=side.currency,
    )
