"""A new client before it is made, and while: what there is to choose in its country, and what would be made."""

from __future__ import annotations

from collections.abc import Sequence

from babel import Locale

from invoicing.charts import charts_of
from invoicing.countries import COUNTRY_CODES, country
from invoicing.countries.particulars import seller_rules
from invoicing.organizations import Environment
from operations.layer_outcomes import Layer, LayerState, PartOutcome, part_outcomes
from operations.onboarding import NewClient
from views.base import View
from views.remedies import Words, told


class CountryChoices(View):
    """What a fresh start in a country lets one choose, its own choice first, and what its law calls the numbers that a
    seller has: `numbers` are fields with their names there. `legal_forms` are codes with names.
    """

    code: str
    standard: str
    tax_system: str
    charts: list[str]
    currency: str
    tax_label: str
    registrations: list[str]
    numbers: list[tuple[str, str]]
    legal_forms: list[tuple[str, str]]


class PartPlanned(View):
    """A part of the settings: how many entries it gets, from where, and what of it does not fit, each in a sentence.
    `rest` is from where those are that were not copied from `source`.
    """

    part: str
    noun: str
    count: int
    copied: int
    source: str
    rest: str
    unfit: list[str]


class ClientPlanned(View):
    """A client as it would be made. `state` is what becomes of its posting profiles; `notes` is what to mind."""

    name: str
    handle: str
    sandbox: bool
    country: str
    currency: str
    standard: str
    chart: str
    tax_system: str
    organization_layer: list[PartPlanned]
    entity_layer: list[PartPlanned]
    state: str
    notes: list[str]


def country_choices(code: str) -> CountryChoices:
    """What there is to choose and to state in a country.

    Raises:
        InvalidInput: none that is supported.
    """
    rules = country(code)
    numbers = [("tax_number", rules.tax_number_label)]
    if office := next((one.label for one in rules.identifiers if one.field == "tax_office_number"), ""):
        numbers.append(("tax_office_number", office))
    if rules.registration_label:
        numbers.append(("registration_number", rules.registration_label))
    return CountryChoices(
        code=rules.code,
        standard=rules.accounting_standard,
        tax_system=rules.tax_system,
        charts=list(charts_of(rules.code)),
        currency=rules.currency,
        tax_label=rules.tax_label,
        registrations=["registered", *(one.value for one in rules.registrations)],
        numbers=numbers,
        legal_forms=[
            (one.code, one.name if one.name == one.code else f"{one.code} ({one.name})")
            for one in seller_rules(rules.code).forms
        ],
    )


def countries_by_name(locale: Locale) -> list[tuple[str, str]]:
    """The countries that are supported, by what they are called in a language, in its order."""
    named = [(code, str(locale.territories.get(code, code))) for code in COUNTRY_CODES]
    return sorted(named, key=lambda one: one[1].casefold())


def client_planned(planned: NewClient, words: Words) -> ClientPlanned:
    """What a dry run says."""
    profile, parts = planned.profile, part_outcomes(planned.outcomes)
    entity = next(one.state for one in planned.outcomes if one.layer is Layer.ENTITY)
    return ClientPlanned(
        name=profile.name,
        handle=planned.handle,
        sandbox=profile.environment is Environment.SANDBOX,
        country=profile.country,
        currency=profile.currency,
        standard=profile.accounting_standard,
        chart=profile.chart_of_accounts,
        tax_system=profile.tax_system,
        organization_layer=_parts(parts, Layer.ORGANIZATION),
        entity_layer=_parts(parts, Layer.ENTITY),
        state=LayerState(entity).value,
        notes=[told(note, words) for note in planned.notes],
    )


def _parts(parts: Sequence[PartOutcome], layer: Layer) -> list[PartPlanned]:
    return [
        PartPlanned(
            part=one.part,
            noun=one.noun,
            count=one.count,
            copied=one.copied,
            source=one.source,
            rest=one.usual_source if one.copied and one.copied < one.count else "",
            unfit=[f"{entry.code}: {entry.because}" for entry in one.untranslated],
        )
        for one in parts
        if one.layer is layer and (one.count or one.untranslated)
    ]
