"""An organization as it is shown whole: what it is, how it works, and what it is set up with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, fields
from typing import Annotated, Any

from invoicing.countries import country
from invoicing.master_data.code_lists import cost_texts, tax_code_texts, term_texts, withholding_texts
from invoicing.organizations import OrganizationRef, client_may_text
from operations.organizations import OrganizationDetails
from views.base import SEVERAL_UNSPELT, View
from views.mandates import MandateAnswer, mandate_answers
from views.remedies import Words
from views.settings import Readiness, TaxCodeAnswer, readiness, tax_code_answer

_POLICY = (
    "prices_include_tax",
    "rounding",
    "small_business",
    "future_days",
    "payment_qr",
    "mandates",
    "write_off_limit",
    "tax_due",
)
_APART = {"environment", *_POLICY}
_NOT_TOLD = frozenset({"name", "logo_sha256"})


class ProfileShown(View):
    """An organization. `provenance` says where its settings came from."""

    profile: dict[str, str | bool | int]
    policy: dict[str, str | int | bool]
    readiness: Readiness
    tax_codes: list[TaxCodeAnswer]
    mandates: Annotated[list[MandateAnswer], SEVERAL_UNSPELT]
    payment_terms: list[str]
    number_series: list[str]
    withholdings: list[str]
    costs: list[str]
    counts: dict[str, int]
    provenance: dict[str, str]


def profile_shown(organization: OrganizationRef, details: OrganizationDetails, words: Words) -> ProfileShown:
    settings = details.settings
    profile: dict[str, Any] = {field.name: getattr(details.profile, field.name) for field in fields(details.profile)}
    return ProfileShown(
        profile={name: value for name, value in profile.items() if name not in _APART},
        policy={name: profile[name] for name in _POLICY} | policy_of(organization),
        readiness=readiness(details, words),
        tax_codes=[tax_code_answer(code, details.today) for code in details.tax_codes],
        mandates=mandate_answers(details.mandates),
        payment_terms=term_texts(details.terms),
        number_series=[f"{code} {pattern}" for code, pattern in settings.series],
        withholdings=withholding_texts(details.withholdings),
        costs=cost_texts(country(organization.country).costs) if organization.country else [],
        counts=asdict(details.counts),
        provenance=settings.sources,
    )


def policy_of(organization: OrganizationRef) -> dict[str, str]:
    """The policy that is not in the organization's own books; what a client may, only of a client."""
    let = {"client_may": client_may_text(organization.client_may)} if organization.partner_id else {}
    policies = {"named_writes": organization.named_writes, "human_approval": organization.human_approval}
    return policies | let


def profile_lines(organization: OrganizationRef, shown: ProfileShown) -> list[str]:
    """What the organization is and how it works, under the names by which that is changed."""
    filled = {name: value for name, value in shown.profile.items() if value != "" and name not in _NOT_TOLD}
    policy = {name: value for name, value in shown.policy.items() if value != ""}
    return [f"{organization.environment}; {named_values(filled)}", f"Policy: {named_values(policy)}"]


def setting_lines(shown: ProfileShown, details: OrganizationDetails) -> list[str]:
    """What documents can name: tax codes, terms, series, withholdings and costs."""
    settings = {
        "Tax codes": tax_code_texts(details.tax_codes, details.today),
        "Payment terms": shown.payment_terms,
        "Number series": shown.number_series,
        "Withholdings": shown.withholdings,
        "Costs passed on (details: cost of a line, fund of a document)": shown.costs,
    }
    return [f"{name}: {', '.join(values)}" for name, values in settings.items() if values]


def named_values(values: Mapping[str, str | int | bool]) -> str:
    """Values with their names, in one line."""
    return "; ".join(f"{name}: {_shown(value)}" for name, value in values.items())


def _shown(value: str | int | bool) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
