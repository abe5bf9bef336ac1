"""What Counterfoil brings along for assistants names tools, arguments and values that there are."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
import yaml  # type: ignore[import-untyped]  # It ships no type information.

from invoicing.assistance.agents import Agent
from invoicing.assistance.shipped import own_agents, own_skills, shipped_agents, shipped_skills
from invoicing.assistance.skills import Skill, guide_head
from invoicing.organizations import OrganizationKind
from invoicing.reports.figures import ReportName
from operations.configuration.entries import Part
from tests.snapshots.write import NAMES, names_text
from tools.catalog import CATALOG, DEDICATED_CATALOG

AGENTS = (*shipped_agents(OrganizationKind.PARTNER), *own_agents())
SKILLS = (*shipped_skills(OrganizationKind.PARTNER), *own_skills())
_WORD = re.compile(r"\b[a-z]+(?:_[a-z]+)+\b")


def known() -> Iterator[str]:
    for tool in CATALOG:
        yield tool.name
        yield from tool.for_practice().fn_metadata.arg_model.model_fields
    yield from (name.value for name in ReportName)
    yield from (part.value for part in Part)


def test_the_names_that_agents_may_name_are_those_of_the_tools() -> None:
    assert NAMES.read_text("utf-8") == names_text(), "run `make docs`"


@pytest.mark.parametrize("agent", AGENTS, ids=lambda agent: agent.code)
def test_an_agent_names_the_tools_that_its_instructions_name(agent: Agent) -> None:
    named = {word for word in _WORD.findall(agent.instructions) if word in {tool.name for tool in CATALOG}}
    assert named == set(agent.tools)
    assert set(_WORD.findall(agent.instructions)) <= set(known())


@pytest.mark.parametrize("skill", SKILLS, ids=lambda skill: skill.code)
def test_a_skill_names_what_there_is_and_every_reader_reads_its_head_alike(skill: Skill) -> None:
    for file in skill.files:
        text = file.content.decode()
        assert set(_WORD.findall(text)) <= set(known()), file.path
        for link in re.findall(r"\]\(([^)]+)\)", text):
            assert link in {one.path for one in skill.files}
    guide = next(file.content for file in skill.files if file.path == "SKILL.md")
    head = guide_head(guide)
    assert yaml.safe_load(guide.decode().split("---")[1]) == head
    assert head["name"] == skill.code


def test_all_but_taking_on_clients_can_be_done_on_a_connection_of_one_organization() -> None:
    there = {tool.name for tool in DEDICATED_CATALOG}
    assert [agent.code for agent in AGENTS if not there.issuperset(agent.tools)] == [
        "month-end-of-clients",
        "onboard-client",
    ]
    codes = {agent.code for agent in shipped_agents(OrganizationKind.STANDARD)}
    assert codes == {skill.code for skill in shipped_skills(OrganizationKind.STANDARD)}
    assert "onboard-client" not in codes
