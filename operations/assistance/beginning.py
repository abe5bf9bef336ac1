"""What a practice, or a business of its own, begins with."""

from __future__ import annotations

from sqlmodel import Session

from invoicing.assistance.shipped import shipped_agents, shipped_skills
from invoicing.organizations import OrganizationKind
from storage.books.agents import add_agents
from storage.books.skills import add_skills


def begin_with_shipped(db: Session, kind: OrganizationKind) -> None:
    """Add the agents and skills that Counterfoil brings along to new books."""
    add_agents(db, shipped_agents(kind))
    add_skills(db, shipped_skills(kind))
