"""The layers of an organization's configuration, as a copy takes them."""

from __future__ import annotations

from collections.abc import Mapping

from sqlmodel import Session

from operations.copying.part import Values
from operations.copying.parts import parts_of
from operations.layer_outcomes import Layer


def load_organization_layer(db: Session) -> Mapping[str, Values]:
    """The parts that every copy takes along, by name."""
    return {part.name: part.load(db) for part in parts_of(Layer.ORGANIZATION) if not part.of_models}


def load_entity_layer(db: Session) -> Mapping[str, Values]:
    """The parts of the entity layer, by name."""
    return {part.name: part.load(db) for part in parts_of(Layer.ENTITY)}
