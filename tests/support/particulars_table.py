"""What sellers must say of themselves, as docs/countries.md has it: made of the data, which the tests hold it to."""

from __future__ import annotations

from pathlib import Path

from invoicing.countries import COUNTRY_CODES, country
from invoicing.countries.particulars import seller_rules
from invoicing.countries.particulars.model import Duty, SellerRules, WantedTerm

PAGE = Path(__file__).parents[2] / "docs" / "countries.md"
BEGIN, END = "<!-- particulars -->", "<!-- /particulars -->"
_ON = {"invoice": "invoice", "letter": "business letter", "custom": "by custom"}


def particulars_table() -> str:
    """The rows of all countries, without the markers around them."""
    rows = ["| country | legal forms | what | where | law | source |", "| --- | --- | --- | --- | --- | --- |"]
    for code in COUNTRY_CODES:
        rules = seller_rules(code)
        rows += [_row(rules, duty) for duty in rules.duties]
        rows += [_term_row(rules, term) for term in rules.terms]
        rows += [
            f"| {country(code).name} | all | {one.text} | where `{one.mandate}` holds | | "
            f"{_source(one.source, one.confidence)} |"
            for one in rules.mentions
        ]
    return "\n".join(rows)


def with_table(page: str) -> str:
    """The page with the table anew."""
    before, _, rest = page.partition(BEGIN)
    return f"{before}{BEGIN}\n{particulars_table()}\n{END}{rest.partition(END)[2]}"


def _row(rules: SellerRules, duty: Duty) -> str:
    named = [rules.fields[name].name for name in duty.fields]
    if duty.where_any:
        named.append(f"if any: {', '.join(rules.fields[name].name for name in duty.where_any)}")
    forms = ", ".join(duty.forms) or "all"
    name = country(rules.country).name
    return (
        f"| {name} | {forms} | {', '.join(named)} | {_ON[duty.on]} | {duty.law} |"
        f" {_source(duty.source, duty.confidence)} |"
    )


def _term_row(rules: SellerRules, term: WantedTerm) -> str:
    buyers = ", ".join(buyer.replace("_", " ") for buyer in term.buyers)
    return (
        f"| {country(rules.country).name} | all | {next(iter(term.texts.values()))} | to {buyers} since"
        f" {term.valid_from} | {term.law} | {_source(term.source, term.confidence)} |"
    )


def _source(source: str, confidence: str) -> str:
    return f"{source} ({confidence})"
