"""The layers of a new organization before they are written: fresh from its country's file, or copied part by part."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any

from invoicing.charts import is_national
from invoicing.countries import Country, country
from invoicing.master_data.layers import EntityLayer, OrganizationLayer
from invoicing.master_data.profiles import Profile
from invoicing.remedies import Remark
from operations.copying.accounts import ACCOUNTS, POSTING_PROFILES, TRANSACTION_TYPES, NamedPosting
from operations.copying.part import Configuration, CopiedPart, Translated, Values
from operations.copying.parts import parts_of
from operations.copying.policy import fields_of
from operations.copying.taxes import TAX_CODES, default_code_note
from operations.layer_outcomes import CREATED, Layer, LayerOutcome, LayerState, PartOutcome, Untranslated
from operations.templates import Choices, fresh_entity_layer, fresh_organization_layer


class Model(StrEnum):
    """Whose organization layer is copied: the practice's, or that of the organization that is copied from."""

    PRACTICE = "practice"
    SOURCE = "source"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedPart:
    """A part before it is written. `theirs` is the whole part as it is at its source, and `copied` are the keys of what
    is from there; all other `values` are from `usual_source`.
    """

    part: CopiedPart
    values: Values
    source: str
    theirs: Values
    copied: frozenset[str]
    usual_source: str
    untranslated: tuple[Untranslated, ...] = ()

    @property
    def outcome(self) -> PartOutcome:
        """What becomes of the part."""
        copied = len(self.copied & self.part.by_key(self.values).keys())
        return PartOutcome(
            part=self.part.name,
            noun=self.part.noun,
            layer=self.part.layer,
            source=self.source if copied or not self.values else self.usual_source,
            usual_source=self.usual_source,
            count=len(self.values),
            copied=copied,
            untranslated=self.untranslated,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedLayer:
    """A layer before it is written, and where most of it is from."""

    layer: Layer
    state: LayerState
    source: str
    parts: tuple[PlannedPart, ...]

    @property
    def outcome(self) -> LayerOutcome:
        parts = tuple(planned.outcome for planned in self.parts)
        return LayerOutcome(layer=self.layer, state=self.state, source=self.source, parts=parts)

    def values(self, name: str) -> Values:
        """The values of the part of this name."""
        return next((planned.values for planned in self.parts if planned.part.name == name), ())


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The layers of a new organization before they are written, and what to say of them. `usual_entity` is what the
    entity layer is where the one that is asked for cannot be written.
    """

    profile: Profile
    organization: PlannedLayer
    entity: PlannedLayer
    usual_entity: PlannedLayer
    notes: tuple[Remark, ...] = ()

    @property
    def outcomes(self) -> tuple[LayerOutcome, ...]:
        return (CREATED, self.organization.outcome, self.entity.outcome)

    @property
    def parts(self) -> tuple[PlannedPart, ...]:
        return (*self.organization.parts, *self.entity.parts)


def fresh_plan(profile: Profile, choices: Choices, *, on: date) -> Plan:
    """All layers fresh from the country's file, as it stands on the day of creation."""
    rules = country(profile.country)
    values = fresh_values(fresh_organization_layer(rules, choices, on=on), fresh_entity_layer(rules, choices))
    source = country_source(rules)
    organization, entity = (
        PlannedLayer(
            layer=layer,
            state=LayerState.FRESH,
            source=source,
            parts=tuple(
                _fresh_part(part, values[part.name], source) for part in parts_of(layer) if part.name in values
            ),
        )
        for layer in (Layer.ORGANIZATION, Layer.ENTITY)
    )
    return Plan(profile=profile, organization=organization, entity=entity, usual_entity=entity)


def country_source(rules: Country) -> str:
    """How a country's file is called as a source."""
    return f"country file {rules.code}"


def fresh_values(organization: OrganizationLayer, entity: EntityLayer) -> Mapping[str, Values]:
    """The values of the parts that a country's file has."""
    return {
        "accounts": organization.accounts,
        "tax_authorities": organization.authorities,
        "jurisdictions": organization.jurisdictions,
        "tax_codes": organization.tax_codes,
        "withholdings": organization.withholdings,
        "payment_terms": organization.terms,
        "posting_profiles": tuple(NamedPosting(name, posting) for name, posting in entity.postings.items()),
        "transaction_types": entity.transactions,
    }


def copied_plan(
    fresh: Plan, practice: Configuration, source: Configuration, model: Model, *, copy_entity: bool
) -> Plan:
    """The layers of an organization that would be fresh otherwise: the organization layer of the practice or of the
    source, and with `copy_entity` the entity layer of the source.
    """
    giver = source if model is Model.SOURCE else practice
    rules = country(fresh.profile.country)
    profile, notes = _profile(fresh.profile, giver, rules)
    target = Configuration("", profile, {})
    planned, target = _organization_parts(_of_giver(model), fresh, giver, target)
    profile = replace(profile, **_policy(planned))
    usual = _usual_entity(fresh, giver, is_at_hand=profile.chart_of_accounts == giver.profile.chart_of_accounts)
    entity = entity_layer(source, target, usual) if copy_entity else usual
    is_another = source.handle != practice.handle and (copy_entity or model is Model.SOURCE)
    # What the practice says for all clients names workflows, which are known only now.
    with_workflows = replace(target, parts={**target.parts, "workflows": entity.values("workflows")})
    own, _ = _organization_parts(_PRACTICES_OWN, fresh, practice, with_workflows)
    organization = PlannedLayer(
        layer=Layer.ORGANIZATION, state=LayerState.COPIED, source=giver.handle, parts=(*planned, *own)
    )
    return Plan(
        profile=profile,
        organization=organization,
        entity=entity,
        usual_entity=replace(usual, state=_unfitting(usual)),
        notes=(
            *notes,
            *untranslated_notes(organization),
            *_default_code(organization),
            *(_left_behind(fresh, source, planned, profile, model) if is_another else ()),
            *untranslated_notes(entity, source.handle),
        ),
    )


_PRACTICES_OWN = tuple(part for part in parts_of(Layer.ORGANIZATION) if part.practices_own)


def _of_giver(model: Model) -> tuple[CopiedPart, ...]:
    """The parts of the organization layer that come from whoever is its model."""
    own = (part for part in parts_of(Layer.ORGANIZATION) if not part.practices_own)
    return tuple(part for part in own if model is Model.SOURCE or not part.of_models)


def _organization_parts(
    parts: tuple[CopiedPart, ...], fresh: Plan, giver: Configuration, target: Configuration
) -> tuple[list[PlannedPart], Configuration]:
    planned = []
    for part in parts:
        one = _organization_part(part, fresh, giver, target)
        planned.append(one)
        target = _with(target, part, one.values)
    return planned, target


def _left_behind(
    fresh: Plan, source: Configuration, planned: list[PlannedPart], profile: Profile, model: Model
) -> tuple[Remark, ...]:
    """What the organization that is copied from has otherwise, and how that is had."""
    said = []
    if model is Model.PRACTICE and (names := _otherwise(fresh, source, planned, profile)):
        said.append(f'{source.handle} has other {", ".join(names)}: organization_layer="source" takes them.')
    theirs = source.profile
    if theirs.country == profile.country and theirs.currency != profile.currency:
        said.append(f"The books are in {profile.currency}; those of {source.handle} are in {theirs.currency}.")
    return tuple(Remark(one) for one in said)


def _otherwise(fresh: Plan, source: Configuration, planned: list[PlannedPart], profile: Profile) -> list[str]:
    """The parts of the organization layer that would be others with the source as their model."""
    theirs_profile, _ = _profile(fresh.profile, source, country(profile.country))
    theirs, _ = _organization_parts(_of_giver(Model.SOURCE), fresh, source, Configuration("", theirs_profile, {}))
    here = {one.part.name: one.part.by_key(one.values) for one in planned}
    # Of a policy that is not copied, the profile has what the country gives.
    for one in theirs:
        if one.part.of_models:
            here[one.part.name] = {name: (name, getattr(profile, name)) for name in one.part.by_key(one.values)}
    return [
        one.part.name.replace("_", " ")
        for one in theirs
        if any(value != here[one.part.name].get(key) for key, value in one.part.by_key(one.values).items())
    ]


def entity_layer(source: Configuration, target: Configuration, usual: PlannedLayer) -> PlannedLayer:
    """The entity layer of the source as it fits the target, of which the organization layer is known, completed by the
    usual one where it does not.
    """
    # What there is to match with, until each part is settled.
    for part in parts_of(Layer.ENTITY):
        target = _with(target, part, usual.values(part.name))
    planned: list[PlannedPart] = []
    for part in parts_of(Layer.ENTITY):
        theirs = source.parts[part.name]
        translated = part.translate(theirs, source, target)
        values = part.fill(translated, usual.values(part.name), target)
        target = _with(target, part, values)
        planned.append(
            PlannedPart(
                part=part,
                values=values,
                source=source.handle,
                theirs=theirs,
                copied=frozenset(part.by_key(translated.values)),
                usual_source=usual.source,
                untranslated=translated.untranslated,
            )
        )
    if not any(one.outcome.copied for one in planned if one.part is POSTING_PROFILES):
        planned = [_as_usual(usual, one) for one in planned]
    state = LayerState.COPIED
    if any(one.untranslated for one in planned):
        state = LayerState.PARTIAL if any(one.outcome.copied for one in planned) else _unfitting(usual)
    source_of_most = source.handle if state in (LayerState.COPIED, LayerState.PARTIAL) else usual.source
    return PlannedLayer(layer=Layer.ENTITY, state=state, source=source_of_most, parts=tuple(planned))


def untranslated_notes(layer: PlannedLayer, source: str = "") -> tuple[Remark, ...]:
    """What of the source, or of each part's own, could not be copied as it is, each in a sentence."""
    notes = []
    for one in layer.parts:
        for entry in one.untranslated:
            what = "is not as there" if entry.code in one.copied else "was not copied"
            notes.append(Remark(f"The {one.part.noun} {entry.code} of {source or one.source} {what}: {entry.because}."))
    return tuple(notes)


def _fresh_part(part: CopiedPart, values: Values, source: str) -> PlannedPart:
    return PlannedPart(part=part, values=values, source=source, theirs=values, copied=frozenset(), usual_source=source)


def _with(target: Configuration, part: CopiedPart, values: Values) -> Configuration:
    return replace(target, parts={**target.parts, part.name: values})


def _profile(fresh: Profile, giver: Configuration, rules: Country) -> tuple[Profile, tuple[Remark, ...]]:
    """Standard, chart and tax system of the giver, where they can be had in the country."""
    theirs, notes = giver.profile, tuple[Remark, ...]()
    if theirs.country == rules.code:
        return (
            replace(
                fresh,
                accounting_standard=theirs.accounting_standard,
                chart_of_accounts=theirs.chart_of_accounts,
                tax_system=theirs.tax_system,
            ),
            notes,
        )
    # The giver's tax codes are those of its own country and would be wrong in another.
    said = f"Tax codes and authorities come from the country file of {rules.name}, not from {giver.handle}."
    notes = (Remark(said),)
    if is_national(theirs.chart_of_accounts):
        # The numbers of one country's law say nothing in another.
        said = f"The chart of accounts is the standard one: {theirs.chart_of_accounts} is not of {rules.name}."
        return fresh, (*notes, Remark(said))
    chart: dict[str, Any] = {
        "accounting_standard": theirs.accounting_standard,
        "chart_of_accounts": theirs.chart_of_accounts,
    }
    return replace(fresh, **chart), notes


def _organization_part(part: CopiedPart, fresh: Plan, giver: Configuration, target: Configuration) -> PlannedPart:
    at_home = giver.profile.country == target.profile.country
    usual = fresh.organization.values(part.name)
    stays_at_home = part.of_country or (part is ACCOUNTS and is_national(giver.profile.chart_of_accounts))
    if stays_at_home and not at_home:
        return _fresh_part(part, usual, fresh.organization.source)
    theirs = giver.parts[part.name]
    translated: Translated = part.translate(theirs, giver, target)
    return PlannedPart(
        part=part,
        values=part.fill(translated, usual, target),
        source=giver.handle,
        theirs=theirs,
        copied=frozenset(part.by_key(translated.values)),
        usual_source=fresh.organization.source,
        untranslated=translated.untranslated,
    )


def _default_code(organization: PlannedLayer) -> tuple[Remark, ...]:
    codes = next(one for one in organization.parts if one.part is TAX_CODES)
    said = default_code_note(codes.values, codes.theirs, codes.source)
    return (Remark(said),) if said else ()


def _policy(planned: list[PlannedPart]) -> dict[str, Any]:
    return {name: value for one in planned if one.part.of_models for name, value in fields_of(one.values).items()}


def _usual_entity(fresh: Plan, giver: Configuration, *, is_at_hand: bool) -> PlannedLayer:
    """What is usual with the chart: what its giver has, or where that stays at home, the country's file."""
    if not is_at_hand:
        return fresh.entity
    needed = (one.part for one in fresh.entity.parts)
    parts = tuple(_fresh_part(part, giver.parts[part.name], giver.handle) for part in needed)
    return PlannedLayer(layer=Layer.ENTITY, state=LayerState.SKIPPED, source=giver.handle, parts=parts)


def _unfitting(usual: PlannedLayer) -> LayerState:
    return LayerState.FRESH if usual.state is LayerState.FRESH else LayerState.FAILED


def _as_usual(usual: PlannedLayer, planned: PlannedPart) -> PlannedPart:
    """The part as it is usual, where there is no posting profile to go with the planned one."""
    mine = next((one for one in usual.parts if one.part is planned.part), None)
    if mine is None or planned.part not in (POSTING_PROFILES, TRANSACTION_TYPES):
        return planned
    return replace(mine, untranslated=planned.untranslated)
