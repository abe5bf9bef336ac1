"""What an organization may be called: answers begin with its name and handle, and none may pass for another one."""

from __future__ import annotations

from sqlmodel import Session

from invoicing.master_data.handles import handles_in_brackets, reads_like_heading
from invoicing.refusals import InvalidInput
from invoicing.text.typed import clean_line
from operations.access import Office
from storage.directory import access_queries

NAME_LENGTH_MAX = 120


def organization_name(name: str) -> str:
    """The name without surrounding blanks.

    Raises:
        InvalidInput: empty, or it reads like `Name (handle)`: so answers begin, and no name may pass for another's.
    """
    cleaned = clean_line(name, field="name", limit=NAME_LENGTH_MAX, required=True)
    if reads_like_heading(cleaned):
        raise _like_a_heading()
    return cleaned


async def check_name_names_no_other(office: Office, name: str) -> None:
    """Refuse a name that has, in brackets and in any letter case, the handle of an organization that its giver can
    reach: nobody else reads answers of both.

    Raises:
        InvalidInput
    """
    reach, handles = office.principal.reach, handles_in_brackets(name)

    def is_one(db: Session) -> bool:
        return any(access_queries.reachable_by_handle(db, reach, handle) is not None for handle in handles)

    if not handles:
        return
    found = await office.store.directory.read(is_one)
    if found:
        raise _like_a_heading()


def _like_a_heading() -> InvalidInput:
    return InvalidInput(
        "name must not hold a handle in brackets, nor end in small letters in brackets: answers show handles like that."
        " Begin what stands in brackets with a capital letter, or leave the brackets out.",
        field="name",
    )
