"""What a public example of EN 16931 contradicts itself in: rules of the standard, and of Peppol, on its own sums."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction

from invoicing.money.amounts import minor_digits
from invoicing.money.shares import half_up
from tests.support.standard_examples import Facts, adjustments_of, amount, line_adjustments_of

AMOUNTS = tuple(f"BT-{number}" for number in (106, 107, 108, 109, 110, 112, 113, 114, 115))


def contradictions(facts: Facts) -> list[str]:
    """Each rule that does not hold, with the term that it is of, what is stated and what follows."""
    digits = minor_digits(facts["BT-5"])
    return [*_of_lines(facts, digits), *_of_adjustments(facts, digits), *_of_taxes(facts, digits), *_of_totals(facts)]


def rounded(exact: Fraction, digits: int) -> Decimal:
    return Decimal(half_up(exact * 10**digits)).scaleb(-digits)


def _differs(rule: str, term: str, stated: Decimal, due: Decimal) -> Iterator[str]:
    if stated != due:
        yield f"{rule}: {term} is {stated:f}, and should be {due:f}"


def _of_lines(facts: Facts, digits: int) -> Iterator[str]:
    for number, line in enumerate(facts["BG-25"], start=1):
        exact = Fraction(line["BT-129"]) * Fraction(line["BT-146"]) / Fraction(line.get("BT-149", "1"))
        besides = sum(signed for signed, *_ in line_adjustments_of(line))
        due = rounded(exact + Fraction(besides), digits)
        yield from _differs("PEPPOL-EN16931-R120", f"BT-131 of line {number}", amount(line, "BT-131"), due)
        for signed, base, percent in line_adjustments_of(line):
            due = rounded(Fraction(base * percent) / 100, digits)
            if percent and base:
                yield from _differs("PEPPOL-EN16931-R040", f"an adjustment of line {number}", abs(signed), abs(due))
        for term in ("BT-134", "BT-135"):
            day = line.get(term)
            if day and not facts.get("BT-73", day) <= day <= facts.get("BT-74", day):
                yield f"PEPPOL-EN16931-R110: {term} of line {number} is {day}, outside the document's period"


def _of_adjustments(facts: Facts, digits: int) -> Iterator[str]:
    for signed, base, percent, *_ in adjustments_of(facts):
        if percent and base:
            due = rounded(Fraction(base * percent) / 100, digits)
            yield from _differs("PEPPOL-EN16931-R040", "an adjustment", abs(signed), abs(due))


def _of_taxes(facts: Facts, digits: int) -> Iterator[str]:
    sums: dict[tuple[str, Decimal], Decimal] = defaultdict(Decimal)
    for line in facts["BG-25"]:
        sums[line["BT-151"], amount(line, "BT-152")] += amount(line, "BT-131")
    for signed, _, _, category, rate in adjustments_of(facts):
        sums[category, rate] += signed
    stated: dict[tuple[str, Decimal], Decimal] = defaultdict(Decimal)
    for tax in facts.get("BG-23", ()):
        key = tax["BT-118"], amount(tax, "BT-119")
        stated[key] += amount(tax, "BT-116")
        due = rounded(Fraction(amount(tax, "BT-116")) * Fraction(key[1]) / 100, digits)
        yield from _differs("BR-CO-17", f"BT-117 of {key[0]} {key[1]:f} %", amount(tax, "BT-117"), due)
    for key in sorted({*sums, *stated}):
        where = f"BT-116 of {key[0]} {key[1]:f} %"
        yield from _differs(f"BR-{key[0]}-8", where, stated[key], sums[key])


def _of_totals(facts: Facts) -> Iterator[str]:
    total = {term: amount(facts, term) for term in AMOUNTS}
    lines = sum((amount(line, "BT-131") for line in facts["BG-25"]), Decimal(0))
    less = sum((amount(one, "BT-92") for one in facts.get("BG-20", ())), Decimal(0))
    more = sum((amount(one, "BT-99") for one in facts.get("BG-21", ())), Decimal(0))
    tax = sum((amount(one, "BT-117") for one in facts.get("BG-23", ())), Decimal(0))
    yield from _differs("BR-CO-10", "BT-106", total["BT-106"], lines)
    yield from _differs("BR-CO-11", "BT-107", total["BT-107"], less)
    yield from _differs("BR-CO-12", "BT-108", total["BT-108"], more)
    yield from _differs("BR-CO-13", "BT-109", total["BT-109"], total["BT-106"] - total["BT-107"] + total["BT-108"])
    yield from _differs("BR-CO-14", "BT-110", total["BT-110"], tax)
    yield from _differs("BR-CO-15", "BT-112", total["BT-112"], total["BT-109"] + total["BT-110"])
    yield from _differs("BR-CO-16", "BT-115", total["BT-115"], total["BT-112"] - total["BT-113"] + total["BT-114"])
