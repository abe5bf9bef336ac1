"""Queries on an organization's profile and the provenance of its settings."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlmodel import Session

from invoicing.master_data.profiles import Profile
from invoicing.organizations import Environment
from storage.books import provenance_tables, settings_tables
from storage.queries.cache import remembered
from storage.queries.statements import Kept, execute, flat

_PROFILES = Kept(settings_tables.Profile, Profile, environment=Environment)
# There is one row.
_KEY = 1
_TIME_ZONE = select(_PROFILES.table.c.time_zone)


def load_profile(session: Session) -> Profile:
    return remembered(session, ("profile",), _read_profile)


def _read_profile(session: Session) -> Profile:
    profile = _PROFILES.get(session, _KEY)
    if profile is None:
        raise LookupError("books without a profile")
    return profile


def load_time_zone(session: Session) -> str:
    """The organization's time zone, an IANA name."""
    return remembered(session, ("time zone",), lambda db: str(execute(db, _TIME_ZONE).scalar_one()))


def save_profile(session: Session, profile: Profile) -> None:
    """Keep the profile, as the one there is."""
    values = flat(profile)
    if not _PROFILES.change(session, _KEY, **values):
        _PROFILES.add(session, id=_KEY, **values)


def record_provenance(session: Session, layer: str, source: str, *, at: datetime, by: str) -> None:
    """Note where a layer of the settings came from."""
    session.merge(provenance_tables.Provenance(layer=layer, source=source, recorded_at=at, recorded_by=by))
