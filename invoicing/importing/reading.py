"""How a file of a table is to be read, as whoever imports it may say: everything that is not said is recognised."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from invoicing.importing.csv_table import DELIMITERS, known_encoding
from invoicing.importing.dates import DayOrder
from invoicing.importing.decimals import DecimalSign
from invoicing.refusals import InvalidInput
from invoicing.text.codes import small_letters

DELIMITER, ENCODING, DECIMALS, IGNORE_UNKNOWN, SHEET = "delimiter", "encoding", "decimals", "ignore_unknown", "sheet"
PROFILE = "profile"
DATES, OPENING_DAY, OPENING_ACCOUNT = "dates", "opening_day", "opening_account"
OPTIONS = (SHEET, DELIMITER, ENCODING, DECIMALS, IGNORE_UNKNOWN, PROFILE, DATES, OPENING_DAY, OPENING_ACCOUNT)
"""What can be said of a file besides which field a column is."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What was said. `map` says of headings which field they are (`invoicing.importing.columns`); `profile` whose
    export it is (`invoicing.importing.programs`), recognised where it is empty. `opening_day` and `opening_account` are
    of open items: from when on they are owed here, and the account of the other side.
    """

    map: Mapping[str, str] = field(default_factory=dict)
    sheet: str = ""
    delimiter: str = ""
    encoding: str = ""
    decimal_sign: DecimalSign | None = None
    ignore_unknown: bool = False
    profile: str = ""
    day_order: DayOrder | None = None
    opening_day: date | None = None
    opening_account: str = ""


AS_RECOGNISED = Reading()


def mapped(given: Iterable[str]) -> dict[str, str]:
    """The fields by headings of texts such as `Sale price=unit_price`.

    Raises:
        InvalidInput: another form, or a heading twice.
    """
    found: dict[str, str] = {}
    for one in given:
        # A heading can have an equals sign in it; a field has none.
        heading, equals, name = one.rpartition("=")
        if not equals or not heading.strip():
            raise InvalidInput('give HEADING=FIELD, such as "Sale price=unit_price".', field="map")
        if heading.strip() in found:
            raise InvalidInput(f"{heading.strip()} is there twice.", field="map")
        found[heading.strip()] = name.strip()
    return found


def delimiter_of(given: str) -> str:
    """The sign that separates cells, given by its name or as itself; empty for none that is given.

    Raises:
        InvalidInput: no sign that could separate cells.
    """
    sign = DELIMITERS.get(given.lower(), "\t" if given == "\\t" else given)
    if len(sign) > 1 or sign in {'"', "\r", "\n"} or (sign and sign.isalnum()):
        raise InvalidInput(f"give {', '.join(DELIMITERS)} or one sign.", field=DELIMITER)
    return sign


def reading_of(columns: Iterable[str], options: Iterable[str]) -> Reading:
    """What is said in texts: columns as for `mapped`, and options such as `delimiter=semicolon`.

    Raises:
        InvalidInput: an option or value that there is not.
    """
    said: dict[str, str] = {}
    for one in options:
        name, equals, value = one.partition("=")
        name = small_letters(name.strip())
        if name not in OPTIONS or name in said or not equals:
            raise InvalidInput(f"options: give each once, as NAME=VALUE: {', '.join(OPTIONS)}.", field="options")
        said[name] = value if name == DELIMITER else value.strip()
    try:
        return Reading(
            map=mapped(columns),
            sheet=said.get(SHEET, ""),
            delimiter=delimiter_of(said.get(DELIMITER, "").strip() or said.get(DELIMITER, "")),
            encoding=said.get(ENCODING, "") and known_encoding(said[ENCODING]),
            decimal_sign=_decimal_sign(said.get(DECIMALS, "")),
            ignore_unknown=_flag(said.get(IGNORE_UNKNOWN, "false")),
            profile=said.get(PROFILE, ""),
            day_order=_day_order(said.get(DATES, "")),
            opening_day=opening_day_of(said.get(OPENING_DAY, "")),
            opening_account=said.get(OPENING_ACCOUNT, ""),
        )
    except InvalidInput as refusal:
        named = refusal.field if refusal.field == "map" else "options"
        raise InvalidInput(f"{named}: {refusal.message}", field=named) from None


def opening_day_of(text: str) -> date | None:
    """The day as it is said, in the form of ISO 8601; None where nothing is.

    Raises:
        InvalidInput: it is no day in that form.
    """
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise InvalidInput(f"{OPENING_DAY} must be a day such as 2026-01-01.", field=OPENING_DAY) from None


def _day_order(text: str) -> DayOrder | None:
    if not text:
        return None
    try:
        return DayOrder(small_letters(text).replace(" ", "_"))
    except ValueError:
        raise InvalidInput(f"{DATES} must be {' or '.join(DayOrder)}.", field=DATES) from None


def _decimal_sign(text: str) -> DecimalSign | None:
    match small_letters(text):
        case "":
            return None
        case "comma":
            return DecimalSign.COMMA
        case "point":
            return DecimalSign.POINT
    raise InvalidInput(f"{DECIMALS} must be comma or point.", field=DECIMALS)


def _flag(text: str) -> bool:
    if small_letters(text) not in ("true", "false"):
        raise InvalidInput(f"{IGNORE_UNKNOWN} must be true or false.", field=IGNORE_UNKNOWN)
    return small_letters(text) == "true"
