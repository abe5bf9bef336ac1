"""What Counterfoil brings along: agents and skills that a practice or a business of its own begins with, and a prompt
and a skill that are Counterfoil's own, which every connection offers.

They are files in folders beside this module, in the form of skills.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from invoicing.assistance.agents import Agent, arguments_from_text, settings_from_text, tools_from_text
from invoicing.assistance.frontmatter import taken_apart
from invoicing.assistance.skills import Skill, check_head, guide_head, skill_file
from invoicing.organizations import OrganizationKind

_HERE = Path(__file__).parent
_FOR_PRACTICES = frozenset({"month-end-of-clients", "onboard-client"})


def shipped_agents(kind: OrganizationKind) -> tuple[Agent, ...]:
    """The agents that an organization of this kind can begin with, by code."""
    return tuple(agent for agent in _agents("shipped/agents") if _is_for(kind, agent.code))


def shipped_skills(kind: OrganizationKind) -> tuple[Skill, ...]:
    """The skills that an organization of this kind can begin with, by code."""
    return tuple(skill for skill in _skills("shipped/skills") if _is_for(kind, skill.code))


def own_agents() -> tuple[Agent, ...]:
    """Counterfoil's own prompts."""
    return _agents("own")


def own_skills() -> tuple[Skill, ...]:
    """Counterfoil's own skills."""
    return _skills("own")


def _is_for(kind: OrganizationKind, code: str) -> bool:
    return kind is OrganizationKind.PARTNER or code not in _FOR_PRACTICES


@cache
def _agents(folder: str) -> tuple[Agent, ...]:
    return tuple(_agent(path) for path in sorted((_HERE / folder).glob("*.md")))


def _agent(path: Path) -> Agent:
    head, body = taken_apart(_text(path))
    stated = {name: value for name, value in head.items() if isinstance(value, str)}
    return Agent(
        code=path.stem,
        name=stated["name"],
        description=stated["description"],
        instructions=body.strip(),
        tools=tools_from_text(stated.get("tools", "")),
        arguments=arguments_from_text(stated.get("arguments", "")),
        settings=settings_from_text(stated.get("settings", "")),
    )


@cache
def _skills(folder: str) -> tuple[Skill, ...]:
    return tuple(_skill(path.parent) for path in sorted((_HERE / folder).glob("*/SKILL.md")))


def _skill(folder: Path) -> Skill:
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    files = tuple(skill_file(path.relative_to(folder).as_posix(), _text(path).encode()) for path in paths)
    head = guide_head(next(file.content for file in files if file.path == "SKILL.md"))
    return Skill(folder.name, _title(folder.name), check_head(head, folder.name), files)


def _title(code: str) -> str:
    return code.replace("-", " ").capitalize()


def _text(path: Path) -> str:
    # As it is in the repository, whatever a checkout makes of line ends: its digest is the same everywhere.
    return path.read_text("utf-8")
