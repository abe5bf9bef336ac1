"""Queries on an organization's profile and the provenance of its settings."""

from __future__ import annotations

from dataclasses import fields
from datetime import datetime

from sqlmodel import Session, select

from invoicing.documents import Environment
from invoicing.profiles import Profile
from storage.tables import books


def load_profile(session: Session) -> Profile:
    row = session.get_one(books.Profile, 1)
    values = {field.name: getattr(row, field.name) for field in fields(Profile)}
    return Profile(**{**values, "environment": Environment(row.environment)})


def save_profile(session: Session, profile: Profile) -> None:
    """Keep the profile, as the one there is."""
    values = {field.name: getattr(profile, field.name) for field in fields(Profile)}
    row = session.get(books.Profile, 1)
    if row is None:
        session.add(books.Profile(id=1, **values))
        return
    for name, value in values.items():
        setattr(row, name, value)


def record_provenance(session: Session, layer: str, source: str, *, at: datetime, by: str) -> None:
    """Note where a layer of the settings came from."""
    session.merge(books.Provenance(layer=layer, source=source, recorded_at=at, recorded_by=by))


def provenance(session: Session) -> dict[str, str]:
    """The source of each layer."""
    return {row.layer: row.source for row in session.exec(select(books.Provenance))}
