"""How a connection introduces itself: its name, its title, and what an assistant is told of it.

Nothing here depends on what an organization's people may write: its handle alone names it. Nor does it need the data
folder, nor what opens one, so that a connection introduces itself before either is there.
"""

from __future__ import annotations

from dataclasses import dataclass

from invoicing.master_data.handles import connection_name, environment_of

_INVOICING = (
    " To invoice: find_customers (or save_customer), draft_invoice to show lines, tax and total, and issue_invoice with"
    " that draft once it is agreed. Issued documents never change: issue_credit_note takes one back, and a corrected"
    " one is issued anew. Refusals say what to do, often with candidates to choose from."
)
_PRACTICE_INSTRUCTIONS = (
    "Counterfoil keeps the invoicing of many organizations, such as a practice and its clients, each with books of its"
    " own. Start with list_organizations, which gives their handles. Each call acts for one of them: name it in the"
    " call (organization=handle), or make it active with switch_organization; if that answers with a session, pass it"
    " on in later calls. Nothing is ever guessed, and a change in a live organization must name it in the call. The"
    f" first line of each answer says for whom the call acted: check it.{_INVOICING}"
)
_DEDICATED_INSTRUCTIONS = (
    "Counterfoil for {handle} ({environment}) alone: every call acts for this organization." + _INVOICING
)


@dataclass(frozen=True, slots=True)
class Introduction:
    """What a client is shown of a connection before any call."""

    name: str
    title: str
    instructions: str


PRACTICE = Introduction(name="counterfoil", title="Counterfoil", instructions=_PRACTICE_INSTRUCTIONS)


def dedicated_introduction(handle: str) -> Introduction:
    """The introduction of the connection that belongs to the organization of this handle alone."""
    return Introduction(
        # Clients merge servers of one name.
        name=connection_name(handle),
        title=f"Counterfoil: {handle}",
        instructions=dedicated_instructions(handle),
    )


def dedicated_instructions(handle: str) -> str:
    """What an assistant is told on a dedicated connection; the handle says whether it is a sandbox."""
    return _DEDICATED_INSTRUCTIONS.format(handle=handle, environment=environment_of(handle).value)
