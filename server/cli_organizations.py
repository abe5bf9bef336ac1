"""The command `organization`: which organizations there are, and their handles."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import anyio
import typer

from server.cli_options import Data, Json, Organization, SignedBy, command_group
from server.console import say, say_json
from server.settings import Settings, read_settings

if TYPE_CHECKING:
    from invoicing.organizations import OrganizationRef

organization_app = command_group("The practice and its clients: the handles that --organization takes.")


@organization_app.command("list")
def list_organizations(
    archived: Annotated[bool, typer.Option("--archived", help="The archived ones too.")] = False,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """List the organizations with their handles: the practice first, then its clients by name."""
    anyio.run(_list, read_settings(data), archived, as_json)


@organization_app.command("bring-back")
def bring_back(
    organization: Organization,
    reason: Annotated[str, typer.Option(help="Why it was lost, and who knows of it: it goes into the audit trail.")],
    anchors: Annotated[
        Path | None, typer.Option(help="A file of anchors, or a backup, that knows more than the directory does.")
    ] = None,
    signed_by: SignedBy = "",
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Use books again that have lost documents, such as after a restore; no lost number is given out again."""
    if signed_by and anchors is None:
        raise typer.BadParameter("it goes with --anchors.", param_hint="--signed-by")
    anyio.run(_bring_back, read_settings(data), organization, reason, anchors, signed_by, as_json)


@organization_app.command("human-approval")
def human_approval(
    organization: Organization,
    policy: Annotated[str, typer.Argument(help="off, or live: a person approves what is issued live.")],
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Set whether a person, and not a model, approves what is issued; whoever is at this terminal answers for it."""
    anyio.run(_human_approval, read_settings(data), organization, policy, as_json)


async def _human_approval(settings: Settings, handle: str, policy: str, as_json: bool) -> None:
    from operations.access import open_books
    from operations.profile import update_organization
    from operations.rights import Right
    from server.app import find_organization, local_office

    async with local_office(settings) as office:
        books = open_books(office, await find_organization(office, handle), Right.UPDATE_PROFILE)
        changed, _ = await update_organization(office, books, {"human_approval": policy}, agreed=True)
    now = changed.organization.human_approval.value
    if as_json:
        say_json({"organization": changed.organization.handle, "human_approval": now})
        return
    say(f"{changed.organization.handle}: human_approval is {now}.")


async def _bring_back(
    settings: Settings, handle: str, reason: str, anchors: Path | None, signed_by: str, as_json: bool
) -> None:
    from operations.recovery import bring_back_books
    from server.app import find_organization, local_office
    from storage.folder.outside_anchors import read_anchors

    async with local_office(settings) as office:
        stated = []
        if anchors is not None:
            name = office.store.name
            stated = read_anchors(anchors, folder=settings.keys, installation=name, signed_by=signed_by)
        organization = await find_organization(office, handle)
        brought = await bring_back_books(office, organization, reason=reason, stated=stated)
    if as_json:
        say_json({"organization": handle, **asdict(brought)})
        return
    say(f"The books of {handle} are in use again. What they had lost: {brought.loss}.")
    for lost in brought.numbers:
        name = f"{lost.series} {lost.period}".rstrip()
        say(f"Never given out again: numbers {lost.first} to {lost.last} of series {name}.")
    say(f"Look at what is there: counterfoil verify --organization {handle}")


async def _list(settings: Settings, archived: bool, as_json: bool) -> None:
    from operations.organizations import all_organizations
    from server.app import local_office
    from views.organizations import organization_line

    async with local_office(settings) as office:
        found = await all_organizations(office, archived=archived)
    if as_json:
        handles = {one.id: one.handle for one in found}
        say_json([_as_data(one, handles) for one in found])
        return
    width = max(len(one.handle) for one in found)
    for one in found:
        say(f"{one.handle:{width}}  {organization_line(one)}")


def _as_data(one: OrganizationRef, handles: dict[str, str]) -> dict[str, Any]:
    from views.organizations import organization_shown

    shown = organization_shown(one, handles)
    return {**shown, "partner": shown["partner"] or None, "archived": one.archived}
