"""Settings of an organization as they are shown, and whether it is ready to issue."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from invoicing.countries.model import DatedRate
from invoicing.master_data.code_lists import rate_text
from invoicing.master_data.records import TaxCode
from invoicing.money.amounts import plain
from invoicing.organizations import Environment, OrganizationRef
from invoicing.remedies import Act, Remark
from operations.organizations import OrganizationDetails
from operations.settings import SeriesState
from views.base import View
from views.mandates import refused_by
from views.remedies import Words, told


class Readiness(View):
    """Whether documents can be issued now, and what a live organization would lack."""

    ready: bool
    blockers: list[str]
    missing_for_live: list[str]
    hints: list[str]


class TaxCodeAnswer(View):
    """A tax code with its rate of today in percent, empty where it has none any more."""

    code: str
    name: str
    rate: str
    category: str
    default: bool


def readiness(details: OrganizationDetails, words: Words) -> Readiness:
    return Readiness(
        ready=not details.blockers,
        blockers=[told(blocker, words) for blocker in details.blockers],
        missing_for_live=[field for blocker in details.live_blockers for field in blocker.fields],
        hints=[told(hint, words) for hint in details.hints],
    )


def readiness_lines(organization: OrganizationRef, details: OrganizationDetails, words: Words) -> list[str]:
    """Whether it can issue, and what is missing: each thing once, with what mends it."""
    return [*_issuing_lines(organization, details, words), *(told(hint, words) for hint in details.hints)]


def _issuing_lines(organization: OrganizationRef, details: OrganizationDetails, words: Words) -> list[str]:
    if details.blockers:
        return [f"Not ready to issue. {told(blocker, words)}" for blocker in details.blockers]
    if organization.environment is Environment.SANDBOX:
        return [
            " ".join(
                [
                    "Ready to issue (test documents).",
                    *(told(blocker, words) for blocker in details.live_blockers),
                ]
            )
        ]
    refused = refused_by(details.mandates)
    if not refused:
        return ["Ready to issue."]
    refusing = f"Ready to issue, but not where the law takes no PDF: {', '.join(refused)}."
    return [told(Remark(refusing, Act.ACKNOWLEDGE_MANDATES), words)]


def tax_code_answer(code: TaxCode, today: date) -> TaxCodeAnswer:
    return TaxCodeAnswer(
        code=code.code,
        name=code.name,
        rate=rate_text(code, today).removesuffix(" %"),
        category=code.category.value,
        default=code.is_default,
    )


class RateShown(View):
    """A rate in percent, from its first day to its last; `valid_until` is null while it has no end."""

    percent: str
    valid_from: str
    valid_until: str | None


class PartShown(View):
    """A jurisdiction's part of a stack of taxes."""

    level: str
    name: str
    rates: list[RateShown]


class TaxCodeShown(View):
    """A tax code with all its rates and legal texts."""

    code: str
    name: str
    label: str
    category: str
    default: bool
    active: bool
    reason: str
    reason_local: str
    reason_code: str
    revenue_account: str
    rates: list[RateShown]
    parts: list[PartShown]


class SeriesShown(View):
    """A number series; `next_number` is what a document of today would get, `usual` whether it needs no naming."""

    code: str
    kind: str
    pattern: str
    usual: bool
    next_number: str


def tax_code_shown(code: TaxCode) -> TaxCodeShown:
    return TaxCodeShown(
        code=code.code,
        name=code.name,
        label=code.label,
        category=code.category.value,
        default=code.is_default,
        active=code.active,
        reason=code.reason,
        reason_local=code.reason_local,
        reason_code=code.reason_code,
        revenue_account=code.revenue_account,
        rates=[_rate_shown(rate) for rate in code.rates],
        parts=[
            PartShown(level=part.level.value, name=part.name, rates=[_rate_shown(rate) for rate in part.rates])
            for part in code.jurisdictions
        ],
    )


def tax_code_lines(code: TaxCode) -> list[str]:
    """A tax code with its parts and its legal text, each on a line of its own."""
    mark = " (default)" if code.is_default else "" if code.active else " (not in use)"
    rates = f": {_rates_text(code.rates)}" if code.rates else ""
    account = f", to account {code.revenue_account}" if code.revenue_account else ""
    return [
        f"{code.code}{mark}  {code.name}, {code.label}, category {code.category.value}{account}{rates}",
        *(f"    {part.level.value} {part.name}: {_rates_text(part.rates)}" for part in code.jurisdictions),
        *([f"    {code.reason}"] if code.reason else []),
    ]


def series_shown(state: SeriesState) -> SeriesShown:
    series = state.series
    return SeriesShown(
        code=series.code,
        kind=series.kind.value,
        pattern=series.pattern,
        usual=state.usual,
        next_number=state.next_number,
    )


def series_line(state: SeriesState) -> str:
    """A number series with the number that follows."""
    usual = "" if state.usual else ", when named"
    return f"{state.series.code}  {state.series.kind.value}{usual}: {state.series.pattern}, next {state.next_number}"


def _rate_shown(rate: DatedRate) -> RateShown:
    until = rate.valid_until.isoformat() if rate.valid_until else None
    return RateShown(percent=plain(rate.percent), valid_from=rate.valid_from.isoformat(), valid_until=until)


def _rates_text(rates: Sequence[DatedRate]) -> str:
    return ", ".join(
        f"{plain(rate.percent)} % from {rate.valid_from}" + (f" to {rate.valid_until}" if rate.valid_until else "")
        for rate in rates
    )
