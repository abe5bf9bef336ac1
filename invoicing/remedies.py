"""What mends what is the matter: a closed set of acts, without a word of how they are done.

Whoever is told works with an assistant, at a terminal or on a page. Each of these words a remedy in its own way
(`views/remedies.py`); nothing below names a tool or a command.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, dataclass
from enum import StrEnum, auto
from typing import Any, TypeAlias


class Act(StrEnum):
    """An act that needs nothing but what the sentence before it says. Its value goes on record, and stays."""

    SET_ORGANIZATION = auto()
    SEE_FUTURE_DAYS = auto()
    SET_NAME_AGAIN = auto()
    FIND_ORGANIZATION = auto()
    FIND_CUSTOMER = auto()
    FIND_OR_ADD_CUSTOMER = auto()
    ADD_CUSTOMER = auto()
    SAVE_CUSTOMER = auto()
    ARCHIVE_CUSTOMER = auto()
    FIND_ITEM = auto()
    SAVE_PARTICULARS = auto()
    SAVE_TAX_CODE = auto()
    SAVE_DIMENSION = auto()
    ADD_BANK_ACCOUNT = auto()
    ACKNOWLEDGE_MANDATES = auto()
    OPEN_PERIOD = auto()
    FIND_ENTRY = auto()
    CHOOSE_ACCOUNT = auto()
    FIND_SERIES = auto()
    FIND_DOCUMENT = auto()
    READ_DOCUMENT = auto()
    READ_PAYMENTS = auto()
    CREDIT_DOCUMENT = auto()
    FIND_DRAFT = auto()
    SHOW_DRAFT_AGAIN = auto()
    DECIDE = auto()
    FIND_WAITING = auto()
    DRAFT_IN_CURRENCY = auto()
    RENAME_USER = auto()
    FIND_USER = auto()
    FIND_PRACTICE = auto()
    BEGIN_FOLDER = auto()
    EXAMINE = auto()
    CLEAN_UP = auto()
    TRUST_CLOCK = auto()
    MIGRATE = auto()
    MIGRATE_AND_VERIFY = auto()
    VERIFY = auto()
    VERIFY_BEFORE_WRITING = auto()
    BRING_BACK = auto()
    MAP_COLUMNS = auto()
    CORRECT_COLUMNS = auto()
    MAP_OR_IGNORE_COLUMNS = auto()
    UPDATE_EXISTING = auto()
    CHOOSE_SHEET = auto()
    CHOOSE_DELIMITER = auto()
    CHOOSE_ENCODING = auto()
    CHOOSE_DECIMAL_SIGN = auto()
    CHOOSE_DAY_ORDER = auto()
    SAY_OPENING = auto()
    UPLOAD_FILE = auto()
    NAME_FILES_FOLDER = auto()
    NAME_SIGNER = auto()


@dataclass(frozen=True, slots=True)
class NameOrganization:
    """Repeat the call with the organization that it is for. `more` says that there are more than the candidates;
    `protocol_session` that the protocol itself remembers which one is active.
    """

    more: bool
    protocol_session: bool


@dataclass(frozen=True, slots=True)
class ReversePayment:
    """Take back the payment of this id."""

    payment: str


@dataclass(frozen=True, slots=True)
class AnswerForForm:
    """Somebody answers on record for the form that the law wants, under this code; `draft`: of one draft alone."""

    code: str
    draft: bool


@dataclass(frozen=True, slots=True)
class BringBack:
    """Use the books of the organization with this handle again, although documents were lost."""

    handle: str


@dataclass(frozen=True, slots=True)
class MapColumn:
    """Say of a column of the imported file which field it is; an empty field passes over it. `doubtful` says that the
    one may be as right as the other.
    """

    heading: str
    field: str
    doubtful: bool = False


@dataclass(frozen=True, slots=True)
class DividePrice:
    """Say whether the price in a column of the imported file, that of `quantity`, is to be divided."""

    heading: str
    field: str
    quantity: int


Remedy: TypeAlias = Act | NameOrganization | ReversePayment | AnswerForForm | BringBack | MapColumn | DividePrice


@dataclass(frozen=True, slots=True)
class Remark:
    """What somebody is told: what is the matter, in sentences that end, and what mends it, if an act of ours does."""

    text: str
    remedy: Remedy | None = None


def remedy_record(remedy: Remedy) -> list[object]:
    """The remedy in plain values, as it goes on record."""
    return [remedy.value] if isinstance(remedy, Act) else [_NAMES[type(remedy)], *astuple(remedy)]


def remedy_on_record(record: Sequence[object]) -> Remedy | None:
    """The remedy that went on record so; None where there was none, or one that is none any more."""
    name, values = (str(record[0]), record[1:]) if record else ("", ())
    if name in _KINDS:
        remedy: Remedy = _KINDS[name](*values)
        return remedy
    return Act(name) if name in set(Act) else None


# As they stand on record.
_KINDS: dict[str, type[Any]] = {
    "name_organization": NameOrganization,
    "reverse_payment": ReversePayment,
    "answer_for_form": AnswerForForm,
    "bring_back_books": BringBack,
    "map_column": MapColumn,
    "divide_price": DividePrice,
}
_NAMES = {kind: name for name, kind in _KINDS.items()}
