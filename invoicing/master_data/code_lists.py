"""Lists of codes to choose from: each with what it stands for, so that nobody has to guess, and the default marked."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from invoicing.countries.costs import Cost
from invoicing.countries.model import DatedRate
from invoicing.master_data.records import PaymentTerm, TaxCode, WithholdingCode
from invoicing.money.amounts import plain

_DEFAULT = " (default)"


def tax_code_texts(codes: Iterable[TaxCode], on: date | None = None) -> list[str]:
    """`REDUCED 5.5 % Reduced rate` for each code; the rate is that of the day, or else the newest.

    The default comes first, and codes of which no rate is in force any more come last and say so.
    """
    ordered = sorted(codes, key=lambda code: (not code.is_default, _rate(code, on) is None, code.code))
    return [_tax_code_text(code, on) for code in ordered]


def term_texts(terms: Iterable[PaymentTerm]) -> list[str]:
    """`NET30 30 days` for each that can be chosen, the shortest first."""
    ordered = sorted((term for term in terms if term.active), key=lambda term: (term.days, term.code))
    return [f"{term.code} {term.name}{_DEFAULT if term.is_default else ''}" for term in ordered]


def withholding_texts(codes: Iterable[WithholdingCode]) -> list[str]:
    """`IRPF 15 % IRPF` for each, with its newest rate."""
    return [f"{code.code} {_newest(code.rates)} {code.name}" for code in sorted(codes, key=lambda code: code.code)]


def cost_texts(costs: Iterable[Cost]) -> list[str]:
    """`TC04 4 % Contributo integrativo Inarcassa` for each kind of cost that a seller passes on."""
    return [
        f"{cost.code} {plain(cost.percent)} % {cost.label}" if cost.percent is not None else f"{cost.code} {cost.name}"
        for cost in costs
    ]


def rate_text(code: TaxCode, on: date | None = None) -> str:
    """The rate of the day, or the newest; empty where the code has none on it."""
    return _rate(code, on) or ""


def _tax_code_text(code: TaxCode, on: date | None) -> str:
    rate = _rate(code, on) or "no rate on this day"
    return f"{code.code} {rate} {code.name}{_DEFAULT if code.is_default else ''}"


def _rate(code: TaxCode, on: date | None) -> str | None:
    day = on or max((rate.valid_from for rate in _all_rates(code)), default=None)
    percent = code.rate_on(day) if day else None
    return None if percent is None else f"{plain(percent)} %"


def _all_rates(code: TaxCode) -> list[DatedRate]:
    return [*code.rates, *(rate for place in code.jurisdictions for rate in place.rates)]


def _newest(rates: tuple[DatedRate, ...]) -> str:
    return f"{plain(rates[-1].percent)} %" if rates else "no rate"
