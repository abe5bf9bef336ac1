"""Why a document's tax and totals are what they are, in short sentences read from the composed document itself."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby

from invoicing.document.adjusted import AdjustmentKind
from invoicing.document.documents import Adjustment, Document, TaxSubtotal
from invoicing.money.amounts import money_text, plain
from invoicing.tax.choice import ChosenTax, Rule
from invoicing.tax.inputs import Rounding, group_key, subtotal_key


def explain(document: Document, chosen: Sequence[ChosenTax]) -> tuple[str, ...]:
    """Sentences in the order in which the totals come about: codes, adjustments, tax groups, sums, conversion.

    `chosen` has one entry per line of the document; nothing is computed again.
    """
    return (
        *explain_choices(chosen),
        *_adjustments(document),
        _rounding(document),
        *(_subtotal(document, tax) for tax in document.taxes),
        *_sums(document),
    )


def explain_choices(chosen: Sequence[ChosenTax]) -> Iterable[str]:
    """One sentence for all lines of one code and reason, in the order of their first line."""
    alike: dict[tuple[object, ...], list[ChosenTax]] = {}
    for tax in chosen:
        alike.setdefault((tax.code, tax.rate, tax.choice.rule, tax.choice.because), []).append(tax)
    for taxes in alike.values():
        first = taxes[0]
        since = f"; {first.code} is {plain(first.rate)} % since {first.since.isoformat()}" if first.since else ""
        rule = "" if first.choice.rule is Rule.OVERRIDDEN else f" by the rule {first.choice.rule.value}"
        yield (
            f"{_positions([tax.position for tax in taxes])}: {first.code}, category {first.category.value},"
            f" {plain(first.rate)} %{rule}, because {first.choice.because}{since}."
        )


def _positions(positions: Sequence[int]) -> str:
    """`Line 4`, or `Lines 1-3, 5`."""
    runs = []
    for _, run in groupby(enumerate(sorted(positions)), key=lambda pair: pair[1] - pair[0]):
        members = [position for _, position in run]
        runs.append(str(members[0]) if len(members) == 1 else f"{members[0]}-{members[-1]}")
    return f"{'Line' if len(positions) == 1 else 'Lines'} {', '.join(runs)}"


def _adjustments(document: Document) -> Iterable[str]:
    for (position, kind), shares in groupby(document.adjustments, key=lambda item: (item.position, item.kind)):
        parts = list(shares)
        total = money_text(sum(part.amount_minor for part in parts), document.currency)
        name = f"{kind.value.capitalize()} {position} ({parts[0].reason})"
        if parts[0].percent:
            base = money_text(sum(part.base_minor for part in parts), document.currency)
            name = f"{name}, {plain(parts[0].percent)} % of {base}"
        groups = ", ".join(_share(document, part) for part in parts)
        how = " in proportion to the lines" if len(parts) > 1 else ""
        yield f"{name} = {total}, belongs to {groups}{how}."


def _share(document: Document, part: Adjustment) -> str:
    amount = money_text(part.amount_minor, document.currency)
    return f"{part.tax_category.value} {plain(part.tax_rate)} %: {amount}"


def _rounding(document: Document) -> str:
    where = (
        "on each line, and the taxes of the lines are added up"
        if document.rounding == Rounding.PER_LINE
        else "once per category and rate, on the sum of the lines"
    )
    prices = "Prices include tax, which is kept as the buyer pays it. " if document.prices_include_tax else ""
    return f"{prices}Rounding {document.rounding}: tax is rounded half up {where}."


def _subtotal(document: Document, tax: TaxSubtotal) -> str:
    net, charged = (money_text(amount, document.currency) for amount in (tax.taxable_minor, tax.tax_minor))
    name = f"{tax.label} {tax.category.value}".strip()
    reason = f" ({tax.reason})" if tax.reason else ""
    if document.prices_include_tax:
        gross = money_text(tax.taxable_minor + tax.tax_minor, document.currency)
        sentence = f"{name}: {gross} with {plain(tax.rate)} % is {net} and {charged} tax{reason}"
    elif document.rounding == Rounding.PER_LINE:
        sentence = f"{name}: {plain(tax.rate)} % on each line of {net} = {charged}{reason}"
    else:
        sentence = f"{name}: {plain(tax.rate)} % of {net} = {charged}{reason}"
    shares = ", ".join(
        f"{part.name} ({part.level.value}) {plain(part.rate)} % {money_text(part.tax_minor, document.currency)}"
        for part in tax.jurisdictions
    )
    return f"{sentence}{_parts(document, tax)}{'; of it ' + shares if shares else ''}."


def _parts(document: Document, tax: TaxSubtotal) -> str:
    """How the taxable amount of a group with adjustments came about."""
    key = subtotal_key(tax)
    mine = [
        item for item in document.adjustments if group_key(item.tax_rate, item.tax_category, item.jurisdictions) == key
    ]
    if not mine:
        return ""
    lines = sum(
        line.net_minor
        for line in document.lines
        if group_key(line.tax_rate, line.tax_category, line.jurisdictions) == key
    )
    steps = [f"lines {money_text(lines, document.currency)}"]
    for kind, sign in ((AdjustmentKind.DISCOUNT, "-"), (AdjustmentKind.CHARGE, "+")):
        amount = sum(item.net_minor for item in mine if item.kind is kind)
        if amount:
            steps.append(f"{sign} {kind.value}s {money_text(amount, document.currency)}")
    return f"; {money_text(tax.taxable_minor, document.currency)} is {' '.join(steps)}"


def _sums(document: Document) -> Iterable[str]:
    currency = document.currency
    net, tax, total = (
        money_text(amount, currency) for amount in (document.net_minor, document.tax_minor, document.total_minor)
    )
    yield f"Net {net} + tax {tax} = total {total} {currency}."
    if document.withholding is not None:
        held = document.withholding
        amount, base = money_text(held.amount_minor, currency), money_text(held.base_minor, currency)
        yield (
            f"The buyer withholds {held.label} {plain(held.rate)} % of {base} = {amount} and pays"
            f" {money_text(document.payable_minor, currency)} {currency}."
        )
    if split := document.split_tax_minor:
        yield (
            f"The buyer pays the tax of {money_text(split, currency)} to the tax office, and"
            f" {money_text(document.payable_minor, currency)} {currency} to the seller."
        )
    if document.payable_rounding is not None:
        unit, amount = document.payable_rounding.unit, money_text(document.rounding_minor, currency)
        yield (
            f"The sum to pay is rounded {f'to {plain(unit)} {currency}' if unit else 'as stated'}, which adds {amount}:"
            f" {money_text(document.payable_minor, currency)} {currency}. It is no part of net and tax."
        )
    if document.exchange is not None:
        rate = document.exchange
        converted = [money_text(amount, rate.currency) for amount in (rate.net_minor, rate.tax_minor)]
        yield (
            f"1 {currency} = {plain(rate.rate)} {rate.currency} ({rate.source}, {rate.on.isoformat()}): net"
            f" {converted[0]}, tax {converted[1]} {rate.currency}."
        )
