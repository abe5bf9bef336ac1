"""What became of each layer and part of a new organization: where it came from, and how much of it was copied."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Layer(StrEnum):
    """The three layers, from the empty tables to the posting profiles."""

    SCHEMA = "schema"
    ORGANIZATION = "organization"
    ENTITY = "entity"


class LayerState(StrEnum):
    """`FRESH` is from the country's file; `SKIPPED` and `FAILED` have what is usual with the chart, because nothing
    else was asked for, or because what was asked for does not fit. What was copied in `PARTIAL` is completed by that.
    """

    CREATED = "created"
    FRESH = "fresh"
    COPIED = "copied"
    PARTIAL = "partial"
    SKIPPED = "skipped"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Untranslated:
    """An entry of a part that does not fit as it is, or not at all, and why: a sentence without its subject. `lasting`
    says that nothing that could still be added at the target would make it fit.
    """

    part: str
    code: str
    because: str
    lasting: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PartOutcome:
    """A part: how many entries it has, how many of these were `copied` from the organization `source`, and from whose
    file or configuration all others are; and what could not be translated.
    """

    part: str
    noun: str
    layer: Layer
    source: str
    usual_source: str
    count: int
    copied: int = 0
    untranslated: tuple[Untranslated, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerOutcome:
    """`source` says whose file or configuration the layer is from, but for what its parts say of themselves."""

    layer: Layer
    state: LayerState
    source: str = ""
    parts: tuple[PartOutcome, ...] = ()


CREATED = LayerOutcome(layer=Layer.SCHEMA, state=LayerState.CREATED)


def states_by_layer(outcomes: Sequence[LayerOutcome]) -> dict[str, str]:
    return {outcome.layer.value: outcome.state.value for outcome in outcomes}


def part_outcomes(outcomes: Sequence[LayerOutcome]) -> tuple[PartOutcome, ...]:
    return tuple(part for outcome in outcomes for part in outcome.parts)


def copied_in_all(outcomes: Sequence[LayerOutcome]) -> dict[str, int]:
    """How many entries of each part were copied; nothing of layers that were not."""
    copying = {LayerState.COPIED, LayerState.PARTIAL, LayerState.SKIPPED, LayerState.FAILED}
    return {part.part: part.copied for outcome in outcomes if outcome.state in copying for part in outcome.parts}
