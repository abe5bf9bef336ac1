"""Queries of the directory on saved views: each is of one person, at one practice."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlmodel import Session

from invoicing.text.typed import fold
from storage.directory.overview_tables import SavedView as SavedViewRow
from storage.queries.statements import execute, table_of

_VIEWS = table_of(SavedViewRow)
_OF = _VIEWS.c
_MINE = (_OF.user_id == bindparam("user")) & (_OF.organization_id == bindparam("organization"))
_ONE = _MINE & (_OF.id == bindparam("view"))
_ALL = select(_OF.id, _OF.name, _OF.asked).where(_MINE).order_by(_OF.created_at, _OF.id)
_NAMED = select(_OF.id).where(_MINE, _OF.name_key == bindparam("key"))
_ADD = _VIEWS.insert().inline()
_CHANGE = _VIEWS.update().where(_ONE)
_REMOVE = _VIEWS.delete().where(_ONE)


@dataclass(frozen=True, slots=True)
class SavedView:
    """A view: `asked` is what its list is asked for, as in an address."""

    id: str
    name: str
    asked: str


def views_of(session: Session, user_id: str, organization_id: str) -> list[SavedView]:
    """The views of a person at a practice, the first that was saved first."""
    return [SavedView(*row) for row in execute(session, _ALL, {"user": user_id, "organization": organization_id})]


def view_named(session: Session, user_id: str, organization_id: str, name: str) -> str:
    """The id of the person's view of this name, in any case; empty where there is none."""
    values = {"user": user_id, "organization": organization_id, "key": fold(name)}
    return str(execute(session, _NAMED, values).scalar() or "")


def add_view(session: Session, view: SavedView, *, user_id: str, organization_id: str, now: datetime) -> None:
    execute(
        session,
        _ADD,
        {
            "id": view.id,
            "user_id": user_id,
            "organization_id": organization_id,
            "name": view.name,
            "name_key": fold(view.name),
            "asked": view.asked,
            "created_at": now,
        },
    )


def change_view(session: Session, view: SavedView, *, user_id: str, organization_id: str) -> None:
    """Let a view have another name, or ask for something else."""
    which = {"user": user_id, "organization": organization_id, "view": view.id}
    execute(session, _CHANGE, {**which, "name": view.name, "name_key": fold(view.name), "asked": view.asked})


def remove_view(session: Session, view_id: str, *, user_id: str, organization_id: str) -> None:
    execute(session, _REMOVE, {"user": user_id, "organization": organization_id, "view": view_id})
