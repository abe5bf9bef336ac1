"""Saved views: how somebody likes to see the clients of a practice, under a name. They are that person's alone."""

from __future__ import annotations

from dataclasses import replace

from sqlmodel import Session

from invoicing.organizations import OrganizationRef
from invoicing.refusals import Conflict, InvalidInput, NotFound
from invoicing.text.typed import clean_line, quoted
from operations.access import Office
from storage.directory import saved_views
from storage.directory.saved_views import SavedView
from storage.ids import new_id

VIEWS_MAX = 12
"""So many a person has at a practice: they are tabs."""
NAME_LENGTH_MAX = 40
_ASKED_LENGTH_MAX = 1_000


async def views_of(office: Office, practice: OrganizationRef) -> list[SavedView]:
    """The views of the principal at a practice that it reaches, in the order in which they were saved."""
    user = office.principal.user_id
    return await office.store.directory.read(lambda db: saved_views.views_of(db, user, practice.id))


async def save_view(office: Office, practice: OrganizationRef, *, name: str, asked: str) -> SavedView:
    """Save what the list is asked for under a new name.

    Raises:
        InvalidInput: no name, one that is too long, or one that a view has already; or what is asked is too much.
        Conflict: there are as many views as there can be.
    """
    if len(asked) > _ASKED_LENGTH_MAX:
        raise InvalidInput("asked: this is too much for a view.", field="asked")
    view = SavedView(new_id("viw"), _clean(name), asked)
    user, now = office.principal.user_id, office.latest()

    def work(db: Session) -> SavedView:
        if len(saved_views.views_of(db, user, practice.id)) >= VIEWS_MAX:
            raise Conflict(f"There are {VIEWS_MAX} views already: remove one first.", field="name")
        _check_free(db, office, practice, view)
        saved_views.add_view(db, view, user_id=user, organization_id=practice.id, now=now)
        return view

    return await office.store.directory.write(work)


async def rename_view(office: Office, practice: OrganizationRef, view_id: str, *, name: str) -> SavedView:
    """Give a view of the principal another name.

    Raises:
        NotFound: there is no such view of this person here.
        InvalidInput: as `save_view`.
    """
    cleaned, user = _clean(name), office.principal.user_id

    def work(db: Session) -> SavedView:
        view = replace(_known(db, office, practice, view_id), name=cleaned)
        _check_free(db, office, practice, view)
        saved_views.change_view(db, view, user_id=user, organization_id=practice.id)
        return view

    return await office.store.directory.write(work)


async def remove_view(office: Office, practice: OrganizationRef, view_id: str) -> SavedView:
    """Remove a view of the principal; what it showed stays as it is.

    Raises:
        NotFound: there is no such view of this person here.
    """
    user = office.principal.user_id

    def work(db: Session) -> SavedView:
        view = _known(db, office, practice, view_id)
        saved_views.remove_view(db, view.id, user_id=user, organization_id=practice.id)
        return view

    return await office.store.directory.write(work)


async def view_of(office: Office, practice: OrganizationRef, view_id: str) -> SavedView:
    """A view of the principal.

    Raises:
        NotFound: there is no such view of this person here.
    """
    return await office.store.directory.read(lambda db: _known(db, office, practice, view_id))


def _known(db: Session, office: Office, practice: OrganizationRef, view_id: str) -> SavedView:
    for view in saved_views.views_of(db, office.principal.user_id, practice.id):
        if view.id == view_id:
            return view
    raise NotFound("view: there is no such view of yours here.", field="view")


def _clean(name: str) -> str:
    return clean_line(name, field="name", limit=NAME_LENGTH_MAX, required=True)


def _check_free(db: Session, office: Office, practice: OrganizationRef, view: SavedView) -> None:
    taken = saved_views.view_named(db, office.principal.user_id, practice.id, view.name)
    if taken not in {"", view.id}:
        raise InvalidInput(f"name: there is a view {quoted(view.name)} already.", field="name")
