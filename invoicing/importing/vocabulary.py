"""What columns and cells are called: headings by language, and words that cells say."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping
from enum import Enum
from functools import cache
from importlib.resources import files

from invoicing.importing.words import bare

ENGLISH = "en"


class Kind(Enum):
    """What is imported."""

    CUSTOMERS = "customers"
    ITEMS = "items"
    OPEN_ITEMS = "open_items"
    SERIES = "series"


_OF_CUSTOMERS = ("currency", "identifier", "tax_number", "country", "email", "line1", "postal_code", "city")


def meanings(kind: Kind, heading: str) -> Mapping[str, frozenset[str]]:
    """The fields that a column of this name can be, each with the languages in which it is; empty where it is none."""
    return _headings(kind).get(bare(heading), {})


def field_of(kind: Kind, heading: str) -> str:
    """The field that a column of this name is, whatever the language; empty where it is none or could be several."""
    found = meanings(kind, heading)
    return next(iter(found)) if len(found) == 1 else ""


def fields_meant(kind: Kind, header: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """The fields of each heading: several only where the other headings do not tell which language it is of."""
    found = {heading: meanings(kind, heading) for heading in header}
    known = Counter(language for fields in found.values() for languages in fields.values() for language in languages)
    return {heading: _likeliest(fields, known) for heading, fields in found.items()}


def fields_of(kind: Kind) -> list[str]:
    """The fields that a column can be, in the order of their importance."""
    return list(dict.fromkeys(field for fields in _headings(kind).values() for field in fields))


def truth_of(text: str) -> bool | None:
    """What a word for yes or no says; None where it is neither."""
    found = _words("truths").get(bare(text))
    return None if found is None else found == "true"


def supply_of(text: str) -> str:
    """Goods or services, as programs in many languages call them; a word that is neither comes back as it is."""
    return _words("supplies").get(bare(text), text)


def document_kind_of(text: str) -> str:
    """An invoice or a credit note, as programs in many languages call them; empty for what is neither."""
    return _words("document_kinds").get(bare(text), "")


def is_word_of_total(text: str) -> bool:
    """Whether a text is what stands before the sums of a list, as "Summe" or "Total"."""
    return bool(_words("totals").get(bare(text)))


def _likeliest(fields: Mapping[str, frozenset[str]], known: Counter[str]) -> tuple[str, ...]:
    if len(fields) < 2:
        return tuple(fields)
    scores = {field: max(known[language] for language in languages) for field, languages in fields.items()}
    return tuple(field for field, score in scores.items() if score == max(scores.values()))


@cache
def _headings(kind: Kind) -> Mapping[str, Mapping[str, frozenset[str]]]:
    if kind is Kind.SERIES:
        return {name: {field: frozenset({ENGLISH})} for name, field in _words(kind.value).items()}
    found: dict[str, dict[str, frozenset[str]]] = {}
    for language, sections in _languages().items():
        section = sections[kind.value]
        if kind is Kind.OPEN_ITEMS:
            # Of whom a document is, is said as in a list of customers.
            section = section | {field: sections["customers"].get(field, []) for field in _OF_CUSTOMERS}
        for name, field in _by_name(section, f"headings/{language}.toml").items():
            fields = found.setdefault(name, {})
            fields[field] = fields.get(field, frozenset()) | {language}
    return found


@cache
def _languages() -> dict[str, Mapping[str, dict[str, list[str]]]]:
    """The tables of all languages, English first: the order of its fields is that in which they are told."""
    folder = files("invoicing.importing").joinpath("headings")
    names = sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".toml"))
    names.sort(key=lambda name: name != f"{ENGLISH}.toml")
    return {name.removesuffix(".toml"): tomllib.loads(folder.joinpath(name).read_text("utf-8")) for name in names}


@cache
def _words(section: str) -> dict[str, str]:
    data = tomllib.loads(files("invoicing.importing").joinpath("columns.toml").read_text("utf-8"))
    return _by_name(data[section], f"columns.toml, {section}")


def _by_name(data: Mapping[str, list[str]], place: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for field, names in data.items():
        for name in (field, *names):
            if found.setdefault(bare(name), field) != field:
                raise ValueError(f"{place}: {name} stands for two fields")
    return found
