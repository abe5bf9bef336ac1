"""Particulars of sellers as data: one file `<code>.toml` for each country, held strictly to its model."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache
from importlib.resources import files
from typing import get_args

from invoicing.countries import country
from invoicing.countries.mandates import BUYER_KINDS, Confidence
from invoicing.countries.particulars.model import (
    LEGAL_FORM,
    Duty,
    FieldKind,
    FormKind,
    LegalForm,
    Mention,
    Need,
    On,
    ParticularField,
    Place,
    PrintedLine,
    SellerRules,
    WantedTerm,
)
from invoicing.countries.reading import Table
from invoicing.text.codes import capitals

PROFILE_FIELDS = ("name", "city", "registration_number", "tax_number", "tax_office_number")
"""Fields of the profile that a line of the foot can say, or that stand for a particular."""

PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")


@cache
def seller_rules(code: str) -> SellerRules:
    """What the country with this code asks sellers to say of themselves.

    Raises:
        InvalidInput: the country is not supported.
    """
    rules = country(capitals(code))
    name = f"{rules.code.lower()}.toml"
    text = files(__name__).joinpath(name).read_text(encoding="utf-8")
    return parse_seller_rules(text, languages=rules.languages, name=name)


def parse_seller_rules(text: str, *, languages: tuple[str, ...], name: str) -> SellerRules:
    """The rules that a TOML text describes, for a country of these languages; `name` is the file's, for errors.

    Raises:
        ValueError: the text does not follow the schema, or contradicts itself.
    """
    table = Table(f"particulars/{name}", tomllib.loads(text))
    fields = {one.code: one for one in (_field(entry) for entry in table.tables_if_any("fields"))}
    rules = SellerRules(
        country=table.take("country", str),
        forms=tuple(_form(entry) for entry in table.tables("forms")),
        fields={LEGAL_FORM: _legal_form(table.texts_by_name(LEGAL_FORM)), **fields},
        duties=tuple(_duty(entry) for entry in table.tables_if_any("duties")),
        lines=tuple(_line(entry) for entry in table.tables_if_any("lines")),
        terms=tuple(_term(entry) for entry in table.tables_if_any("terms")),
        mentions=tuple(_mention(entry) for entry in table.tables_if_any("mentions")),
        none=table.optional("none", str) or "",
    )
    table.close()
    _check(rules, languages, table.where)
    return rules


def _legal_form(names: Mapping[str, str]) -> ParticularField:
    return ParticularField(LEGAL_FORM, names, kind="choice")


def _form(table: Table) -> LegalForm:
    found = LegalForm(
        code=table.take("code", str),
        name=table.take("name", str),
        kind=table.one_of("kind", get_args(FormKind)),
        also=tuple(table.optional("also", list) or ()),
    )
    table.close()
    return found


def _field(table: Table) -> ParticularField:
    found = ParticularField(
        code=table.take("code", str),
        names=table.texts_by_name("names"),
        kind=table.one_of_or("kind", get_args(FieldKind), "text"),
        form=table.optional("form", str) or "",
        shape=table.optional("shape", str) or "",
        module=table.optional("module", str) or "",
        choices=tuple(table.optional("choices", list) or ()),
        fallback=table.one_of_or("fallback", PROFILE_FIELDS, ""),
        default=table.texts_by_name("default"),
    )
    table.close()
    return found


def _duty(table: Table) -> Duty:
    found = Duty(
        forms=tuple(table.optional("forms", list) or ()),
        fields=table.texts("fields", empty=True),
        where_any=tuple(table.optional("where_any", list) or ()),
        on=table.one_of("on", get_args(On)),
        law=table.take("law", str),
        source=table.take("source", str),
        checked=table.take("checked", date),
        confidence=table.one_of("confidence", get_args(Confidence)),
    )
    table.close()
    return found


def _line(table: Table) -> PrintedLine:
    forms = tuple(table.optional("forms", list) or ())
    found = PrintedLine(texts=table.texts_by_name("texts"), forms=forms)
    table.close()
    return found


def _term(table: Table) -> WantedTerm:
    found = WantedTerm(
        code=table.take("code", str),
        subject=table.optional("subject", str) or "",
        place=table.one_of("place", get_args(Place)),
        texts=table.texts_by_name("texts"),
        buyers=table.some_of("buyers", BUYER_KINDS),
        valid_from=table.take("valid_from", date),
        unless_early=table.optional("unless_early", bool) or False,
        when=table.optional("when", str) or "",
        supplies=table.optional("supplies", dict) or {},
        law=table.take("law", str),
        source=table.take("source", str),
        checked=table.take("checked", date),
        confidence=table.one_of("confidence", get_args(Confidence)),
    )
    table.close()
    return found


def _mention(table: Table) -> Mention:
    found = Mention(
        code=table.take("code", str),
        needs=table.one_of("needs", get_args(Need)),
        mandate=table.take("mandate", str),
        text=table.take("text", str),
        source=table.take("source", str),
        checked=table.take("checked", date),
        confidence=table.one_of("confidence", get_args(Confidence)),
    )
    table.close()
    return found


def _check(rules: SellerRules, languages: tuple[str, ...], where: str) -> None:
    """What the schema cannot say: that names lead somewhere, and that each language is there."""
    wanted = {*languages, "en"}
    texts = [one.texts for one in rules.lines] + [one.texts for one in rules.terms]
    printed = _placeholders(texts)
    texts += [one.names for one in rules.fields.values()]
    texts += [one.default for one in rules.fields.values() if one.default]
    texts += [words for one in rules.terms for words in one.supplies.values()]
    for text in texts:
        if not wanted <= set(text):
            raise ValueError(f"{where}: {next(iter(text.values()), 'a text')} is not in each of {', '.join(wanted)}.")
    forms = {one.code for one in rules.forms}
    duties = [name for one in rules.duties for name in (*one.fields, *one.where_any)]
    of_forms = [one.forms for one in rules.duties] + [one.forms for one in rules.lines]
    if unknown := {name for named in of_forms for name in named} - forms:
        raise ValueError(f"{where}: no such legal form: {', '.join(sorted(unknown))}.")
    if unknown := {*duties, *(one.when for one in rules.terms if one.when)} - set(rules.fields):
        raise ValueError(f"{where}: no such particular: {', '.join(sorted(unknown))}.")
    if unsaid := set(rules.fields) - {LEGAL_FORM, *duties}:
        raise ValueError(f"{where}: nobody has to state {', '.join(sorted(unsaid))}.")
    if unknown := printed - set(rules.fields) - {*PROFILE_FIELDS, "supply"}:
        raise ValueError(f"{where}: nothing is called {', '.join(sorted(unknown))}.")
    if not rules.duties and not rules.none:
        raise ValueError(f"{where}: neither a duty, nor why there is none.")


def _placeholders(texts: Iterable[Mapping[str, str]]) -> set[str]:
    return {name for one in texts for text in one.values() for name in PLACEHOLDER.findall(text)}
