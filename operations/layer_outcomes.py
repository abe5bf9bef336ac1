"""What became of each layer of a new organization: where it came from, and how much of it was copied."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum


class Layer(StrEnum):
    """The three layers, from the empty tables to the posting profiles."""

    SCHEMA = "schema"
    ORGANIZATION = "organization"
    ENTITY = "entity"


class LayerState(StrEnum):
    """`FRESH` is from the country's file; `SKIPPED` and `FAILED` have what the practice has, because nothing else was
    asked for, or because what was asked for does not fit.
    """

    CREATED = "created"
    FRESH = "fresh"
    COPIED = "copied"
    SKIPPED = "skipped"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerOutcome:
    """`source` says whose file or configuration the layer is from; `copied` counts what was taken over, by its kind."""

    layer: Layer
    state: LayerState
    source: str = ""
    copied: Mapping[str, int] = field(default_factory=dict)


CREATED = LayerOutcome(layer=Layer.SCHEMA, state=LayerState.CREATED)


def states_by_layer(outcomes: Sequence[LayerOutcome]) -> dict[str, str]:
    return {outcome.layer.value: outcome.state.value for outcome in outcomes}


def copied_in_all(outcomes: Sequence[LayerOutcome]) -> dict[str, int]:
    return {kind: count for outcome in outcomes for kind, count in outcome.copied.items()}
