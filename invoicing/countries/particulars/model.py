"""What a business must say of itself on its papers, by country and legal form.

Each duty is data with its law, where that was looked up and when, and whether it is the invoice that must bear it or
only a business letter.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from invoicing.countries.mandates import BuyerKind, Confidence

FieldKind = Literal["text", "amount", "flag", "choice"]
"""How a particular is stated: in words, as an amount with its currency, as true or false, as one of some words."""

FormKind = Literal["company", "partnership", "sole_trader", "profession", "association"]

On = Literal["invoice", "letter", "custom"]
"""Where a particular must stand: on each invoice by law; by law on business letters, as which many take an invoice; or
nowhere, though papers of the country usually bear it.
"""

Place = Literal["payment", "note"]
"""Where a legal term is printed: with the terms of payment, or with the note."""

Need = Literal["buyer_registration_number", "supply"]

LEGAL_FORM = "legal_form"
"""The particular that says which others there are."""


@dataclass(frozen=True, slots=True)
class LegalForm:
    """A legal form by the `code` that it is known by at home, such as GmbH, its whole `name`, and other ways to write
    it.
    """

    code: str
    name: str
    kind: FormKind
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ParticularField:
    """A particular. `names` is what it is called, by language: those of the country, and English.

    `form` says in words or by an example how it is written; `shape` is a regular expression, `module` a module of
    python-stdnum that checks it. A `flag` prints its own name. `fallback` is a field of the profile that stands for
    it where nothing else is stated, and `default` a text by language.
    """

    code: str
    names: Mapping[str, str]
    kind: FieldKind = "text"
    form: str = ""
    shape: str = ""
    module: str = ""
    choices: tuple[str, ...] = ()
    fallback: str = ""
    default: Mapping[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """What it is called at home."""
        return next(iter(self.names.values()))


@dataclass(frozen=True, slots=True)
class Duty:
    """What businesses of these legal forms must say, all of them where none is named. `fields` must be stated;
    `where_any` where there is such a thing, which nobody but the business knows.
    """

    forms: tuple[str, ...]
    fields: tuple[str, ...]
    where_any: tuple[str, ...]
    on: On
    law: str
    source: str
    checked: date
    confidence: Confidence


@dataclass(frozen=True, slots=True)
class PrintedLine:
    """A line of the foot, by language. `{code}` stands for a particular or a field of the profile; a part in brackets
    is left out where one of its own is empty, and the line where one outside of them is. `forms` are those that have
    it, all where none is named.
    """

    texts: Mapping[str, str]
    forms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class WantedTerm:
    """A sentence that the law wants on documents of every seller to such `buyers`, by language, from a day on.

    `subject` is the code that structured invoices give such a note (EN 16931, BT-21). `unless_early` leaves it out
    where the document promises a discount for early payment; `when` names a flag that must be set. `{supply}` stands
    for the words of `supplies`: for goods, services or both.
    """

    code: str
    subject: str
    place: Place
    texts: Mapping[str, str]
    buyers: tuple[BuyerKind, ...]
    valid_from: date
    unless_early: bool
    when: str
    supplies: Mapping[str, Mapping[str, str]]
    law: str
    source: str
    checked: date
    confidence: Confidence


@dataclass(frozen=True, slots=True)
class Mention:
    """What an invoice must show besides where a mandate holds for it, named by its code."""

    code: str
    needs: Need
    mandate: str
    text: str
    source: str
    checked: date
    confidence: Confidence


@dataclass(frozen=True, slots=True)
class SellerRules:
    """What a country asks sellers to say of themselves. `none` says why it asks for nothing, where it does not."""

    country: str
    forms: tuple[LegalForm, ...]
    fields: Mapping[str, ParticularField]
    duties: tuple[Duty, ...]
    lines: tuple[PrintedLine, ...]
    terms: tuple[WantedTerm, ...] = ()
    mentions: tuple[Mention, ...] = ()
    none: str = ""

    def form(self, code: str) -> LegalForm | None:
        """The legal form that is written so; None for one that is not the country's."""
        return next((one for one in self.forms if code in (one.code, *one.also)), None)

    def duties_of(self, form: str) -> tuple[Duty, ...]:
        """What a business of this legal form must say."""
        return tuple(one for one in self.duties if not one.forms or form in one.forms)

    def fields_of(self, form: str) -> tuple[ParticularField, ...]:
        """The particulars that a business of this legal form has, the legal form first."""
        wanted = {name for duty in self.duties_of(form) for name in (*duty.fields, *duty.where_any)}
        return tuple(one for one in self.fields.values() if one.code == LEGAL_FORM or one.code in wanted)
