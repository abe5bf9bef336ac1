"""What all parts of the configuration have in common: entries with a code and named values, and changes of them."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Container, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Protocol, TypeAlias, TypeVar

from sqlmodel import Session

from invoicing.money.amounts import plain
from invoicing.organizations import OrganizationRef
from invoicing.refusals import InvalidInput, Malformed, NotFound
from invoicing.remedies import Act
from invoicing.text.codes import small_letters
from invoicing.text.typed import quoted
from operations.access import Office
from operations.rights import Right
from storage.books import audit
from storage.books.pool import Books
from storage.books.states import settings_state

T = TypeVar("T")

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")

CHANGED = "save_configuration"
"""The act on record when an entry was made, changed or taken out of use."""


class Part(StrEnum):
    ACCOUNTS = "accounts"
    TAX_CODES = "tax_codes"
    TAX_AUTHORITIES = "tax_authorities"
    JURISDICTIONS = "jurisdictions"
    PAYMENT_TERMS = "payment_terms"
    SERIES = "series"
    POSTING_PROFILES = "posting_profiles"
    TRANSACTION_TYPES = "transaction_types"
    DIMENSIONS = "dimensions"
    PERIODS = "periods"
    WORKFLOWS = "workflows"
    BANK_ACCOUNTS = "bank_accounts"
    PARTICULARS = "particulars"
    BRANDING = "branding"
    POLICY = "policy"
    AGENTS = "agents"
    SKILLS = "skills"
    PLANS = "plans"
    HOURS = "hours"
    CREDENTIALS = "credentials"


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of a part: `values` are texts by field, empty where there is none. One that is not `active` is kept for
    what rests on it, and chosen no more.
    """

    code: str
    values: Mapping[str, str]
    active: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What is asked for: the entry of this `code` made or changed by `values` (a field that is left out stays), or with
    `withdraw` taken out of use; `reason` says why, where that must be said.
    """

    code: str
    values: Mapping[str, str] = field(default_factory=dict)
    withdraw: bool = False
    reason: str = ""


class Described(Protocol):
    """What a part says of itself: its title, of each value what it is, and what taking an entry out of use means, empty
    where none is.
    """

    @property
    def title(self) -> str: ...
    @property
    def fields(self) -> Mapping[str, str]: ...
    @property
    def withdrawing(self) -> str: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class PartOf:
    """A part with rows of its own: how its entries are read and changed. `save` answers the code of the entry.
    `read_one` reads what is to be seen of one entry, where that is more than of each of many. `fields_now` tells
    the fields of a part where they follow from these books; then `save` checks them.
    """

    title: str
    fields: Mapping[str, str]
    read: Callable[[Session, Books], Sequence[Entry]]
    save: Callable[[Session, Books, Change], str]
    right: Right = Right.CHANGE_SETTINGS
    withdrawing: str = ""
    read_one: Callable[[Session, Books, str], Sequence[Entry]] | None = None
    fields_now: Callable[[Session, Books], Mapping[str, str]] | None = None

    def of_code(self, db: Session, books: Books, code: str) -> Sequence[Entry]:
        """What is to be seen of the entry of this code; nothing where there is none."""
        if self.read_one is not None:
            return self.read_one(db, books, code)
        wanted = small_letters(code)
        return [entry for entry in self.read(db, books) if small_letters(entry.code) == wanted]


Clients: TypeAlias = Mapping[str, OrganizationRef]
"""The clients of a practice that whoever asks can reach, by each id that they have or had before they went live."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PartOfPractice:
    """A part that only a practice has, whose entries are of its clients: of those that whoever asks can reach. The code
    of an entry is the client's handle, a slash, and the entry's own code. `save` answers it.
    """

    title: str
    fields: Mapping[str, str]
    read: Callable[[Session, Books, Clients], Sequence[Entry]]
    save: Callable[[Session, Books, Clients, Change], str]
    right: Right = Right.CHANGE_SETTINGS
    withdrawing: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PartOfDirectory:
    """A part that is kept in the directory, beside the books. `save` answers the entry as it is now."""

    title: str
    fields: Mapping[str, str]
    read: Callable[[Office, Books], Awaitable[Sequence[Entry]]]
    save: Callable[[Office, Books, Change], Awaitable[Entry]]
    right: Right
    withdrawing: str = ""


def check_fields(part: Described, change: Change) -> None:
    """Refuse a value that the part does not have.

    Raises:
        InvalidInput: naming the fields that there are.
    """
    own_fields = isinstance(part, PartOf) and part.fields_now is not None
    for name in change.values:
        if name not in part.fields and not own_fields:
            raise InvalidInput(
                f"values: {name} is no field of {part.title}. Fields: {', '.join(part.fields) or 'none'}.",
                field="values",
                candidates=list(part.fields),
            )
    if change.withdraw and not part.withdrawing:
        raise InvalidInput(f"withdraw: {part.title} are not taken out of use.", field="withdraw")
    if change.withdraw and change.values:
        raise InvalidInput("values: give values or withdraw, not both.", field="values")


def asks_for_shipped(values: Mapping[str, str]) -> bool:
    """Whether a change asks for what Counterfoil brings along.

    Raises:
        InvalidInput: and for something else besides.
    """
    if "shipped" not in values or not flag("shipped", values["shipped"]):
        return False
    if len(values) > 1:
        raise InvalidInput("values: shipped goes with no other value.", field="values")
    return True


def wanted_of_shipped(shipped: Mapping[str, T], code: str, known: Container[str]) -> list[T]:
    """What is brought along under this code, or without one all that is not there yet.

    Raises:
        InvalidInput: nothing is brought along under this code.
    """
    wanted = small_letters(code)
    if not wanted:
        return [one for name, one in shipped.items() if name not in known]
    if wanted not in shipped:
        raise InvalidInput(
            f"code: nothing is brought along under {quoted(code)}.", field="code", candidates=list(shipped)
        )
    return [shipped[wanted]]


def no_such_entry(what: str) -> NotFound:
    return NotFound(f"code: no such {what} here.", field="code", remedy=Act.FIND_ENTRY)


def flag(name: str, text: str) -> bool:
    """The yes or no that a text says.

    Raises:
        InvalidInput: neither true nor false.
    """
    match text.strip().lower():
        case "true" | "yes":
            return True
        case "false" | "no":
            return False
    raise InvalidInput(f"values: {name} must be true or false.", field="values")


@contextmanager
def of_value(name: str) -> Iterator[None]:
    """What is malformed within is the value of this name.

    Raises:
        InvalidInput: naming it.
    """
    try:
        yield
    except Malformed as malformed:
        raise InvalidInput(f"values: {name} {malformed.said}", field="values") from None


def day(name: str, text: str) -> date:
    """The day that a text says.

    Raises:
        InvalidInput: it says none.
    """
    try:
        # Python's own reading takes other forms besides, such as weeks.
        if not _DAY.fullmatch(text.strip()):
            raise ValueError
        return date.fromisoformat(text.strip())
    except ValueError:
        raise InvalidInput(f"values: {name} must be a date such as 2026-03-31.", field="values") from None


def shown(value: object) -> str:
    """A value as entries show it, which a change takes back."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return plain(value)
    return str(value)


def record(db: Session, books: Books, part: Part, code: str, before: Entry | None, after: Entry) -> None:
    """Put a change of an entry on record: each field that is another now, with what it was. Saying again what is so
    already is no change.
    """
    changed = changes_on_record(before, after)
    if not changed:
        return
    detail: dict[str, object] = {"part": part.value, "changed": changed, "settings": settings_state(db)}
    audit.record(db, CHANGED, code, at=books.clock(), by=books.actor, detail=detail)


def changes_on_record(before: Entry | None, after: Entry) -> dict[str, list[str]]:
    """Each field that is another now, with what it was and what it is."""
    old = {**before.values, "active": shown(before.active)} if before else {}
    new = {**after.values, "active": shown(after.active)}
    return {name: [old.get(name, ""), value] for name, value in new.items() if old.get(name, "") != value}
