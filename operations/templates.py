"""A fresh start: the layers of a new organization from its country's file and the chart of accounts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date

from invoicing.charts import Chart, ChartName, chart, charts_of, is_national
from invoicing.countries import Country, VatRegistration
from invoicing.countries.model import AccountingStandard, DatedRate
from invoicing.document.documents import DocumentKind
from invoicing.master_data.layers import STANDARD_PROFILE, EntityLayer, OrganizationLayer, TransactionProfile
from invoicing.master_data.profiles import Profile
from invoicing.master_data.records import Account, PaymentTerm, Posting, Series, TaxCode, WithholdingCode
from invoicing.master_data.registration import untaxed_code
from invoicing.money.amounts import check_currency
from invoicing.organizations import Environment
from invoicing.refusals import InvalidInput
from invoicing.text.codes import small_letters

_STANDARDS: Mapping[str, AccountingStandard] = {"ifrs": "ifrs", "us_gaap": "us_gaap", "gaap": "us_gaap"}
_TERM_DAYS = (0, 7, 14, 30, 60)


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """What a fresh start lets one choose; what is empty follows from the country."""

    accounting_standard: str = ""
    chart_of_accounts: str = ""
    tax_system: str = ""
    currency: str = ""

    def stated(self) -> list[str]:
        """The choices that a copy from the practice leaves no room for."""
        return [name for name in ("accounting_standard", "chart_of_accounts", "tax_system") if getattr(self, name)]


FROM_COUNTRY = Choices()


def fresh_profile(rules: Country, name: str, environment: Environment, choices: Choices) -> Profile:
    """The profile of a new organization in this country.

    Raises:
        InvalidInput: a choice that does not exist, or a tax system that is not the country's.
    """
    return Profile(
        name=name,
        environment=environment,
        country=rules.code,
        currency=check_currency(choices.currency) if choices.currency else rules.currency,
        locale=rules.locale,
        time_zone=rules.time_zone,
        accounting_standard=_standard(rules, choices),
        tax_system=_tax_system(rules, choices),
        chart_of_accounts=_chart_name(rules, choices),
    )


def fresh_organization_layer(rules: Country, choices: Choices, *, on: date) -> OrganizationLayer:
    """Chart of accounts, tax codes and withholdings, payment terms and tax authority, as of the day of creation."""
    taxed = _tax_system(rules, choices) != "none"
    of = _chart(rules, choices)
    return OrganizationLayer(
        accounts=tuple(Account(**asdict(account)) for account in of.accounts),
        tax_codes=_tax_codes(rules, of, on) if taxed else (_untaxed(rules, on),),
        terms=_terms(rules.payment_days),
        authorities=((rules.tax_authority, rules.code),),
        withholdings=_withholdings(rules, on),
    )


def fresh_entity_layer(rules: Country, choices: Choices) -> EntityLayer:
    """One posting profile, and the transaction types for invoices and credit notes that use it."""
    return EntityLayer(
        postings={STANDARD_PROFILE: Posting(**asdict(_chart(rules, choices).posting))},
        transactions=(
            TransactionProfile("Sales invoice", DocumentKind.INVOICE.value, STANDARD_PROFILE),
            TransactionProfile("Credit note", DocumentKind.CREDIT_NOTE.value, STANDARD_PROFILE),
        ),
    )


def fresh_series(rules: Country) -> tuple[Series, ...]:
    """The number series every organization begins with, gapless and never copied: yearly, or, where the country
    does not let a sequence begin anew, one range of ten digits for each kind.
    """
    invoices, credit_notes = "INV-{YYYY}-{SEQ:5}", "CN-{YYYY}-{SEQ:5}"
    if not rules.numbering.yearly_restart:
        invoices, credit_notes = "0{SEQ:9}", "1{SEQ:9}"
    return (
        Series("INVOICES", DocumentKind.INVOICE, invoices),
        Series("CREDIT-NOTES", DocumentKind.CREDIT_NOTE, credit_notes),
    )


def _chart(rules: Country, choices: Choices) -> Chart:
    return chart(_standard(rules, choices), _chart_name(rules, choices))


def _standard(rules: Country, choices: Choices) -> AccountingStandard:
    if not choices.accounting_standard:
        return rules.accounting_standard
    known = _STANDARDS.get(_as_written(choices.accounting_standard))
    if known is None:
        raise InvalidInput("accounting_standard must be ifrs or us_gaap.", field="accounting_standard")
    return known


def _chart_name(rules: Country, choices: Choices) -> ChartName:
    wanted = _as_written(choices.chart_of_accounts) or "standard"
    known = charts_of(rules.code)
    if wanted not in known:
        raise InvalidInput(
            f"chart_of_accounts must be {_either(known)} in {rules.name}.",
            field="chart_of_accounts",
            candidates=list(known),
        )
    if is_national(wanted) and _standard(rules, choices) != rules.accounting_standard:
        raise InvalidInput(
            f"accounting_standard: {wanted} is the chart of {rules.name}'s own law; leave accounting_standard out, or"
            " take the standard chart of the other one.",
            field="accounting_standard",
        )
    return wanted


def _as_written(choice: str) -> str:
    """A choice in small letters with underscores, as the names are: people write US GAAP and EU VAT."""
    return "_".join(small_letters(choice).replace("-", " ").replace("_", " ").split())


def _either(names: Sequence[str]) -> str:
    return f"{', '.join(names[:-1])} or {names[-1]}"


def _tax_system(rules: Country, choices: Choices) -> str:
    wanted = _as_written(choices.tax_system) or "auto"
    if wanted == "auto":
        return rules.tax_system
    if wanted not in {rules.tax_system, "none"}:
        raise InvalidInput(f"tax_system must be auto, {rules.tax_system} or none for {rules.name}.", field="tax_system")
    return wanted


def _tax_codes(rules: Country, of: Chart, on: date) -> tuple[TaxCode, ...]:
    """The country's codes, with their accounts in the chart, without those whose last rate had ended: no document of a
    new organization needs them.
    """
    return tuple(
        TaxCode(
            code=template.code,
            name=template.name,
            category=template.category,
            label=rules.tax_label,
            rates=template.rates,
            reason=template.reason,
            is_default=template.default,
            reason_local=template.reason_local,
            reason_code=template.reason_code,
            revenue_account=of.revenue_by_tax_code.get(template.code, ""),
        )
        for template in rules.tax_codes
        if _goes_on(template.rates, on)
    )


def _withholdings(rules: Country, on: date) -> tuple[WithholdingCode, ...]:
    return tuple(
        WithholdingCode(one.code, one.name, one.label, one.rates, one.article)
        for one in rules.withholdings
        if _goes_on(one.rates, on)
    )


def _goes_on(rates: tuple[DatedRate, ...], on: date) -> bool:
    """Whether there is a rate on this day or later."""
    return any(rate.valid_until is None or on <= rate.valid_until for rate in rates)


def _untaxed(rules: Country, on: date) -> TaxCode:
    """The one tax code of books without a tax, with the reason of the country's unregistered sellers."""
    state = rules.registrations[VatRegistration.NOT_REGISTERED]
    return replace(untaxed_code(rules, state, on=on, code="NO-TAX"), name="No tax", is_default=True)


def _terms(usual_days: int) -> tuple[PaymentTerm, ...]:
    days = sorted({*_TERM_DAYS, usual_days})
    return tuple(
        PaymentTerm(
            code=f"NET{count}" if count else "IMMEDIATE",
            name=f"{count} days net" if count else "Due on receipt",
            days=count,
            is_default=count == usual_days,
        )
        for count in days
    )
