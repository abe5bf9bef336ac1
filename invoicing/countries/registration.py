"""What a country asks of sellers by their registration for VAT, and which numbers it gives to businesses and people.

Both are tables of the country's file: `[registration.small_business]`, `[registration.not_registered]` and
`[[identifiers]]`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Literal, cast, get_args

from invoicing.countries.reading import Table
from invoicing.document.documents import TaxCategory


class VatRegistration(StrEnum):
    """Whether and how a seller is registered for VAT; a fact of its own, apart from the numbers that it has."""

    REGISTERED = "registered"
    """It charges tax, and its VAT number stands on its invoices."""

    SMALL_BUSINESS = "small_business"
    """It charges none under its country's scheme for small enterprises, and may have a number of that scheme."""

    NOT_REGISTERED = "not_registered"
    """It charges none and has no VAT number."""

    GROUP = "group"
    """It is registered as a member of a VAT group, under the group's number."""


IdentifierKind = Literal["tax_office", "personal", "register", "organization"]
"""What a number is, besides the VAT number: the tax office's for a business, a person's, that of a public register
such as a commercial one, or the one number that a country gives each business.
"""

NumberField = Literal["tax_number", "tax_office_number", "registration_number"]

FIELD_OF_KIND: Mapping[IdentifierKind, NumberField] = {
    "tax_office": "tax_office_number",
    "personal": "tax_office_number",
    "register": "registration_number",
    "organization": "registration_number",
}

_TERMS: Mapping[IdentifierKind, tuple[str, str]] = {
    "tax_office": ("BT-32", "BT-46"),
    "personal": ("BT-29", "BT-46"),
    "register": ("BT-30", "BT-47"),
    "organization": ("BT-30", "BT-47"),
}

NumberShown = Literal["none", "plain", "as_registered"]
"""What such a seller's `tax_number` looks like on paper: not at all; as the plain number that the tax office knows it
by, without the prefix of registered sellers; or like a registered seller's.
"""


@dataclass(frozen=True, slots=True)
class Identifier:
    """A kind of number. `labels` is what documents print before it, by language, that of the country's first language
    always; `form` says its form in words. The check is the python-stdnum `module` below `stdnum.` or, where there is
    none, the regular expression `shape`; with a module `shape` is what a slip in such a number still looks like.
    `printed` is its form on paper, a 0 for each character; `vat_number` how the VAT number follows from it, with
    `{number}` for its characters.
    """

    kind: IdentifierKind
    labels: Mapping[str, str]
    form: str
    module: str = ""
    shape: str = ""
    printed: str = ""
    vat_number: str = ""

    @property
    def field(self) -> NumberField:
        """The field of an organization or customer that takes it."""
        return FIELD_OF_KIND[self.kind]

    @property
    def label(self) -> str:
        """What it is called at home."""
        return next(iter(self.labels.values()))

    def term(self, *, seller: bool) -> str:
        """The business term of EN 16931 that bears it."""
        return _TERMS[self.kind][0 if seller else 1]


@dataclass(frozen=True, slots=True)
class Words:
    """What a document prints from a day on, until the next words: in English, and in the country's first language."""

    valid_from: date
    reason: str
    reason_local: str


def words_in_force(words: Sequence[Words], day: date) -> Words:
    """The words of a day, of which there are some: the last that began, or the first of all for a day before it."""
    begun = [one for one in words if one.valid_from <= day]
    return begun[-1] if begun else words[0]


def text_on(words: Sequence[Words], day: date) -> Words | None:
    """The same; None where there are no words."""
    return words_in_force(words, day) if words else None


@dataclass(frozen=True, slots=True)
class RegistrationRules:
    """What holds for a seller without VAT on its sales.

    `meaning` says in English who that is, and `limit` up to which turnover. Of each group in `requires` one field must
    be filled before anything is issued live. `code` is the tax code of its sales, made where the organization has it
    not, with `category`, `reason_code` and the `words` of the day; without `words` it is one of the file's own codes,
    with that one's reason. `mentions` are the words in the country's other languages. A `silent` seller may not
    mention the tax at all.
    """

    meaning: str
    limit: str
    requires: tuple[tuple[NumberField, ...], ...]
    code: str
    category: TaxCategory
    reason_code: str
    words: tuple[Words, ...]
    mentions: Mapping[str, str]
    tax_number: NumberShown
    tax_number_label: str
    cross_border_label: str
    silent: bool
    source: str
    checked: date

    def words_on(self, day: date) -> Words | None:
        """The words of a day; before the first of them the first."""
        return text_on(self.words, day)

    def without_vat_number(self) -> RegistrationRules:
        """The same for a seller that has no VAT number at all."""
        own = self.tax_number == "plain"
        groups = (tuple(one for one in group if own or one != "tax_number") for group in self.requires)
        return RegistrationRules(
            **{name: getattr(self, name) for name in self.__slots__ if name not in ("requires", "tax_number")},
            requires=tuple(group for group in groups if group),
            tax_number="plain" if own else "none",
        )


def read_registrations(table: Table | None) -> dict[VatRegistration, RegistrationRules]:
    """The tables below `[registration]`; each of the two states that has none is like the other.

    Raises:
        ValueError: the tables do not follow the schema.
    """
    if table is None:
        return {}
    found: dict[VatRegistration, RegistrationRules] = {}
    for state in (VatRegistration.SMALL_BUSINESS, VatRegistration.NOT_REGISTERED):
        if (one := table.table_if_any(state.value)) is not None:
            found[state] = _registration(one)
    table.close()
    if not found:
        raise ValueError(f"{table.where}: no state of registration.")
    if VatRegistration.NOT_REGISTERED not in found:
        found[VatRegistration.NOT_REGISTERED] = found[VatRegistration.SMALL_BUSINESS].without_vat_number()
    return found


def read_identifiers(tables: list[Table], languages: tuple[str, ...]) -> tuple[Identifier, ...]:
    """The entries of `[[identifiers]]`.

    Raises:
        ValueError: they do not follow the schema.
    """
    return tuple(_identifier(table, languages) for table in tables)


def _registration(table: Table) -> RegistrationRules:
    words = tuple(read_words(entry) for entry in table.tables_if_any("words"))
    mentions = table.texts_by_name("mentions")
    rules = RegistrationRules(
        meaning=table.take("meaning", str),
        limit=table.optional("limit", str) or "",
        requires=tuple(_group(text, table.where) for text in table.texts("requires", empty=True)),
        code=table.take("code", str),
        category=TaxCategory(table.one_of("category", (TaxCategory.EXEMPT.value, TaxCategory.OUTSIDE_SCOPE.value))),
        reason_code=table.optional("reason_code", str) or "",
        words=words,
        mentions=mentions,
        tax_number=table.one_of("tax_number", get_args(NumberShown)),
        tax_number_label=table.optional("tax_number_label", str) or "",
        cross_border_label=table.optional("cross_border_label", str) or "",
        silent=table.optional("silent", bool) or False,
        source=table.take("source", str),
        checked=table.take("checked", date),
    )
    table.close()
    if [one.valid_from for one in words] != sorted({one.valid_from for one in words}):
        raise ValueError(f"{table.where}: the words are not in order of time.")
    if (rules.tax_number == "plain") != bool(rules.tax_number_label):
        raise ValueError(f"{table.where}: tax_number_label belongs to a plain tax number, and to that only.")
    return rules


def _group(text: str, where: str) -> tuple[NumberField, ...]:
    names = tuple(text.split(" or "))
    if not set(names) <= set(get_args(NumberField)):
        raise ValueError(f"{where}: requires names something that is no number of a seller.")
    return cast(tuple[NumberField, ...], names)


def read_words(table: Table) -> Words:
    """Words of a day in a country's file.

    Raises:
        ValueError: a key that is missing, unknown or ill-typed.
    """
    words = Words(
        valid_from=table.take("valid_from", date),
        reason=table.take("reason", str),
        reason_local=table.take("reason_local", str),
    )
    table.close()
    return words


def _identifier(table: Table, languages: tuple[str, ...]) -> Identifier:
    one = Identifier(
        kind=table.one_of("kind", get_args(IdentifierKind)),
        labels=table.texts_by_name("labels"),
        form=table.take("form", str),
        module=table.optional("module", str) or "",
        shape=table.optional("shape", str) or "",
        printed=table.optional("printed", str) or "",
        vat_number=table.optional("vat_number", str) or "",
    )
    table.close()
    where = f"{table.where}, {' '.join(one.labels.values())}"
    if next(iter(one.labels), "") != languages[0] or not set(one.labels) <= set(languages):
        raise ValueError(f"{where}: labels are by the country's languages, the first one first.")
    if not (one.module or one.shape):
        raise ValueError(f"{where}: neither module nor shape checks it.")
    try:
        re.compile(one.shape)
    except re.error:
        raise ValueError(f"{where}: shape is no regular expression.") from None
    return one
