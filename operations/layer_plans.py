"""The three layers of a new organization before they are written: fresh from its country's file, or copied."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from invoicing.charts import is_national
from invoicing.countries import country
from invoicing.master_data.layers import EntityLayer, OrganizationLayer
from invoicing.master_data.profiles import Profile
from invoicing.remedies import Remark
from operations.layer_outcomes import CREATED, Layer, LayerOutcome, LayerState
from operations.templates import Choices, fresh_entity_layer, fresh_organization_layer


@dataclass(frozen=True, slots=True)
class Plan:
    """The three layers of a new organization before they are written, and what to say of them."""

    profile: Profile
    organization: OrganizationLayer
    entity: EntityLayer
    outcomes: tuple[LayerOutcome, ...]
    notes: tuple[Remark, ...] = ()


@dataclass(frozen=True, slots=True)
class Configuration:
    """What an organization, by its handle, has that can be copied."""

    handle: str
    profile: Profile
    organization: OrganizationLayer
    entity: EntityLayer


def fresh_plan(profile: Profile, choices: Choices, *, on: date) -> Plan:
    """All layers fresh from the country's file, as it stands on the day of creation."""
    rules = country(profile.country)
    source = f"country file {rules.code}"
    both = (Layer.ORGANIZATION, Layer.ENTITY)
    fresh = (LayerOutcome(layer=layer, state=LayerState.FRESH, source=source) for layer in both)
    return Plan(
        profile=profile,
        organization=fresh_organization_layer(rules, choices, on=on),
        entity=fresh_entity_layer(rules, choices),
        outcomes=(CREATED, *fresh),
    )


def copied_plan(fresh: Plan, practice: Configuration, wanted: EntityLayer | None, *, of: str) -> Plan:
    """The practice's layers for an organization that would be fresh otherwise, with the wanted entity layer, which is
    that of the organization of the handle `of`; None for the practice's.
    """
    rules, layer = country(fresh.profile.country), practice.organization
    at_home = practice.profile.country == rules.code
    notes: tuple[Remark, ...] = ()
    if not at_home:
        # The practice's tax codes are those of its own country and would be wrong in another.
        layer = replace(
            layer,
            tax_codes=fresh.organization.tax_codes,
            authorities=fresh.organization.authorities,
            withholdings=fresh.organization.withholdings,
            jurisdictions=fresh.organization.jurisdictions,
        )
        said = f"Tax codes and authorities come from the country file of {rules.name}, not from {practice.handle}."
        notes = (Remark(said),)
    chart_of, usual = practice.profile, _Usual(practice.entity, LayerState.SKIPPED, LayerState.FAILED, practice.handle)
    if not at_home and is_national(chart_of.chart_of_accounts):
        # The numbers of one country's law say nothing in another.
        said = f"The chart of accounts is the standard one: {chart_of.chart_of_accounts} is not of {rules.name}."
        chart_of, notes = fresh.profile, (*notes, Remark(said))
        layer = replace(layer, accounts=fresh.organization.accounts)
        usual = _Usual(fresh.entity, LayerState.FRESH, LayerState.FRESH, fresh.outcomes[-1].source)
    entity, state, note = usual.entity, usual.unasked, ""
    if wanted is not None:
        entity, state, note = _entity_layer(wanted, layer, usual, source=of)
    return Plan(
        profile=replace(
            fresh.profile,
            accounting_standard=chart_of.accounting_standard,
            chart_of_accounts=chart_of.chart_of_accounts,
            tax_system=practice.profile.tax_system if at_home else fresh.profile.tax_system,
        ),
        organization=layer,
        entity=entity,
        outcomes=(
            CREATED,
            _organization_outcome(layer, practice, at_home=at_home),
            _entity_outcome(entity, state, of if state is LayerState.COPIED else usual.source),
        ),
        notes=(*notes, Remark(note)) if note else notes,
    )


@dataclass(frozen=True, slots=True)
class _Usual:
    """The entity layer where no other is asked for or fits, what it is called then, and where it is from."""

    entity: EntityLayer
    unasked: LayerState
    unfitting: LayerState
    source: str


def _organization_outcome(layer: OrganizationLayer, practice: Configuration, *, at_home: bool) -> LayerOutcome:
    same_chart = layer.accounts == practice.organization.accounts
    copied = {
        "accounts": len(layer.accounts) if same_chart else 0,
        "tax_codes": len(layer.tax_codes) if at_home else 0,
        "payment_terms": len(layer.terms),
        "tax_authorities": len(layer.authorities) if at_home else 0,
        "withholdings": len(layer.withholdings) if at_home else 0,
        "jurisdictions": len(layer.jurisdictions) if at_home else 0,
    }
    return LayerOutcome(layer=Layer.ORGANIZATION, state=LayerState.COPIED, source=practice.handle, copied=copied)


def _entity_outcome(entity: EntityLayer, state: LayerState, source: str) -> LayerOutcome:
    is_copied = state is LayerState.COPIED
    copied = {
        "posting_profiles": len(entity.postings) if is_copied else 0,
        "transaction_types": len(entity.transactions) if is_copied else 0,
    }
    return LayerOutcome(layer=Layer.ENTITY, state=state, source=source, copied=copied)


def _entity_layer(
    wanted: EntityLayer, layer: OrganizationLayer, usual: _Usual, *, source: str
) -> tuple[EntityLayer, LayerState, str]:
    """The wanted layer where the chart has all its accounts, else the usual one; with its state and a note."""
    numbers = {account.number for account in layer.accounts}
    used = {number for posting in wanted.postings.values() for number in posting.accounts}
    if missing := sorted(used - numbers):
        note = f"The posting profiles of {source} were not copied: the chart has no account {', '.join(missing)}."
        return usual.entity, usual.unfitting, note
    return wanted, LayerState.COPIED, ""
