"""The tool `issue_for_clients`."""

from __future__ import annotations

from typing import Annotated, Any

from mcp.server.mcpserver import Context
from mcp_types import CallToolResult
from pydantic import Field

from operations.approval.persons import wants_person
from operations.approval.waiting import AwaitingApproval
from operations.recurring import issuing
from operations.recurring.issuing import DraftToIssue
from operations.rights import Right
from tools.answers import Answer, answer
from tools.context import TheOffice
from tools.description import Description, Effect, Scope
from tools.inputs import PartInput, Several
from views.approvals import where_all_are_signed
from views.base import SEVERAL_UNSPELT
from views.organizations import heading, named
from views.recurring import IssueAnswer, issue_answer, issue_lines
from views.remedies import for_assistant


class DraftInput(PartInput):
    """A draft and whose it is."""

    organization: str
    draft: str
    acknowledge: Several[str] = Field(default_factory=list)

    def asked(self) -> DraftToIssue:
        return DraftToIssue(
            organization=self.organization.strip(), draft=self.draft.strip(), acknowledge=tuple(self.acknowledge)
        )


class IssuedForClients(Answer):
    """What became of each draft, in the order in which they were named."""

    documents: Annotated[list[IssueAnswer], SEVERAL_UNSPELT]


async def issue_for_clients(
    context: Context[Any, Any],
    office: TheOffice,
    documents: Annotated[
        Several[DraftInput],
        Field(description="At most 100; acknowledge: codes of warnings shown"),
    ],
    partner: str = "",
    dry_run: bool = False,
) -> Annotated[CallToolResult, IssuedForClients]:
    async def progress(done: int, count: int) -> None:
        await context.report_progress(done, count, f"{done} of {count} drafts")

    wanted = [one.asked() for one in documents]
    practice, found = await issuing.issue_for_clients(
        office, wanted, partner=partner, dry_run=dry_run, progress=progress
    )
    structured = IssuedForClients(
        organization=named(practice), documents=[issue_answer(one, for_assistant) for one in found]
    )
    signed = [one for one in found if isinstance(one.outcome, AwaitingApproval) and wants_person(one.organization)]
    lines = [*(["Dry run, nothing was issued."] if dry_run else []), *issue_lines(found, for_assistant)]
    lines += [where_all_are_signed(office.public_url)] if signed else []
    return answer(heading(practice), lines, structured)


TOOL = Description(
    issue_for_clients,
    title="Issue for clients",
    text="Issue drafts of several clients for good, in order, one answer each. Nothing is issued twice.",
    effect=Effect.COMMITS,
    act=Right.ACT_FOR_CLIENTS,
    scope=Scope.PRACTICE,
    repeatable=True,
    streams=True,
)
