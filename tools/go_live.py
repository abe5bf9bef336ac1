"""The tool `go_live`."""

from __future__ import annotations

from typing import Annotated

from mcp_types import CallToolResult
from pydantic import Field

from invoicing.remedies import Act, Remark
from operations import going_live
from operations.rights import Right
from tools.answers import Answer, answer
from tools.context import TheCaller
from tools.description import Description, Effect, Scope
from views.mandates import refused_by
from views.organizations import OrganizationAnswer, heading, named
from views.remedies import for_assistant, told


class GoneLive(Answer):
    """`created` is null in a dry run, which says what would be made, or lacks, instead. `mandates` are those by which
    its documents are refused until somebody acknowledges how they are handed in.
    """

    created: OrganizationAnswer | None
    handle: str
    blockers: list[str]
    mandates: list[str]
    carried: dict[str, int]
    connection_url: str


async def go_live(
    caller: TheCaller,
    organization: Annotated[str, Field(description="Handle of the sandbox organization")],
    handle: Annotated[str, Field(description="Of the live one; default: without -sandbox")] = "",
    dry_run: bool = False,
) -> Annotated[CallToolResult, GoneLive]:
    made = await going_live.go_live(caller, organization, handle=handle, dry_run=dry_run)
    lacking = [told(blocker, for_assistant) for blocker in made.blockers]
    structured = GoneLive(
        organization=named(made.sandbox),
        created=named(made.created) if made.created else None,
        handle=made.handle,
        blockers=lacking,
        mandates=refused_by(made.mandates),
        carried=dict(made.carried),
        connection_url=made.connection_url,
    )
    counts = ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in made.carried.items())
    if made.created:
        first = f"Live now: {heading(made.created)}, with {counts}. {made.sandbox.handle} is archived: it can be read."
        url = [f"Connection URL: {made.connection_url}"] if made.connection_url else []
        lines = [first, *url, "Documents, numbers, acknowledgements and keys stay with the sandbox."]
    elif lacking:
        lines = [f"Dry run: {made.handle} cannot go live yet.", *lacking]
    else:
        lines = [f"Dry run: {made.handle} would be made, with {counts}, and {made.sandbox.handle} archived."]
    if made.waiting:
        lines.append(f"Waiting for approval in {made.sandbox.handle}, and left behind there: {made.waiting}.")
    return answer(heading(made.sandbox), [*lines, *_mandate_lines(structured.mandates)], structured)


def _mandate_lines(refused: list[str]) -> list[str]:
    """What a live organization does not issue although nothing else is missing."""
    if not refused:
        return []
    said = f"Live documents are refused where the law takes no PDF: {', '.join(refused)}."
    return [told(Remark(said, Act.ACKNOWLEDGE_MANDATES), for_assistant)]


TOOL = Description(
    go_live,
    title="Go live",
    text="Make the live organization of a sandbox one: its configuration, people, customers and items, never documents,"
    " numbers or keys. The sandbox one is archived. Refused, with what is missing, until it is ready.",
    effect=Effect.COMMITS,
    act=Right.GO_LIVE,
    scope=Scope.PRACTICE,
)
