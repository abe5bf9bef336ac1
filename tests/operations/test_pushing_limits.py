"""What a push and a repeated layer bring stays within the limits that are stated for an organization."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlmodel import Session

from invoicing.approval.workflows import WORKFLOWS_MAX, Approver, Step, Workflow
from invoicing.assistance.agents import AGENTS_MAX, Agent
from invoicing.assistance.skills import Skill, skill_file
from invoicing.document.documents import DocumentKind
from operations.onboarding import ClientRequest, create_client_organization
from storage.books.agents import add_agents
from storage.books.pool import Books
from storage.books.skills import add_skills, save_skill_file
from storage.books.workflows import add_workflows, load_workflows
from tests.operations.test_pushing import BAKERY, push, told
from tests.support.practice import practice


async def fill(books: Books, prefix: str, *, assistance: int, workflows: int) -> None:
    """As many agents, skills and workflows."""

    def work(db: Session) -> None:
        codes = [f"{prefix}{number}" for number in range(assistance)]
        add_agents(db, [Agent(code, "A", "Does a", "Do a") for code in codes])
        add_skills(db, [Skill(code, "S", "Does s") for code in codes])
        steps = (Step(Approver.OWNER),)
        named = [f"{prefix}{number}" for number in range(workflows)]
        add_workflows(db, [Workflow(code, "W", DocumentKind.INVOICE, steps) for code in named])

    await books.write(work)


async def test_no_client_gets_more_than_it_could_have_by_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with practice(tmp_path, client="Harbour Bakery") as one:
        bakery = one.books(one.first_client)
        source = one.books(one.organization)

        await fill(bakery, "b", assistance=AGENTS_MAX - 1, workflows=WORKFLOWS_MAX - 1)
        await fill(source, "p", assistance=2, workflows=2)
        codes = ("p0", "p1")
        pushed = await push(one.office, "agents", "skills", "workflows", codes=codes)
        assert told(pushed, BAKERY) == [
            ("workflows p0", "added", ""),
            ("workflows p1", "refused", "an organization has at most 20 workflows"),
            ("agents p0", "added", ""),
            ("agents p1", "refused", "an organization has at most 50 agents"),
            ("skills p0", "added", ""),
            ("skills p1", "refused", "an organization has at most 50 skills"),
        ]
        monkeypatch.setattr("operations.copying.assistance.ALL_BYTES_MAX", 10)
        await source.write(lambda db: save_skill_file(db, "p0", skill_file("SKILL.md", b"# More than ten")))
        because = "all skills have at most 10 bytes together"
        assert told(await push(one.office, "skills", codes=codes), BAKERY) == [
            ("skills p0", "refused", because),
            ("skills p1", "refused", "an organization has at most 50 skills"),
        ]
        request = ClientRequest(
            name="Harbour Bakery",
            country="GB",
            handle=BAKERY,
            copy_from=one.organization.handle,
            repeats_entity_layer=True,
        )
        repeated = await create_client_organization(one.office, request)
        assert [note.text for note in repeated.notes] == [
            f"The workflow p1 of {one.organization.handle} was not copied: an organization has at most 20 workflows."
        ]
        assert len(await bakery.read(load_workflows)) == WORKFLOWS_MAX
