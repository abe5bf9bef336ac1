"""Copying agents and skill files, which are the practice's own words for its clients: those that are enabled. What a
skill is to know of one organization stays there.
"""

from __future__ import annotations

from dataclasses import replace

from sqlmodel import Session

from invoicing.assistance.agents import AGENTS_MAX, Agent, arguments_text
from invoicing.assistance.skills import ALL_BYTES_MAX, SKILLS_MAX, Skill
from invoicing.refusals import LimitExceeded
from operations.copying.part import Configuration, CopiedPart, Translated, Values
from operations.copying.workflows import NAME as WORKFLOWS_NAME
from operations.layer_outcomes import Layer, Untranslated
from storage.books.agents import add_agents, load_agents, save_agent
from storage.books.skills import add_skills, drop_skill_file, load_skills, save_skill, save_skill_file

AGENTS_NAME, SKILLS_NAME = "agents", "skills"


def _enabled(values: Values, source: Configuration, target: Configuration) -> Translated:
    return Translated(tuple(value for value in values if value.enabled))


def _check_agent(db: Session, value: Agent, here: Agent | None, target: Configuration) -> None:
    if here is None and len(target.parts[AGENTS_NAME]) >= AGENTS_MAX:
        raise LimitExceeded(f"an organization has at most {AGENTS_MAX} agents.")


def _check_skill(db: Session, value: Skill, here: Skill | None, target: Configuration) -> None:
    skills: tuple[Skill, ...] = target.parts[SKILLS_NAME]
    if here is None and len(skills) >= SKILLS_MAX:
        raise LimitExceeded(f"an organization has at most {SKILLS_MAX} skills.")
    others = sum(_size(one) for one in skills if one.code != value.code)
    if others + _size(value) > ALL_BYTES_MAX:
        raise LimitExceeded(f"all skills have at most {ALL_BYTES_MAX:,} bytes together.")


def _size(skill: Skill) -> int:
    return sum(file.size for file in skill.files)


def _translate_agents(values: Values, source: Configuration, target: Configuration) -> Translated:
    """Without the names of workflows that are not there, as far as is known what is."""
    enabled: tuple[Agent, ...] = _enabled(values, source, target).values
    if WORKFLOWS_NAME not in target.parts:
        return Translated(enabled)
    known = {workflow.code for workflow in target.parts[WORKFLOWS_NAME]}
    fitting, untranslated = [], []
    for agent in enabled:
        if missing := [code for code in agent.workflows if code not in known]:
            because = f"the workflow {', '.join(missing)} is not there"
            untranslated.append(Untranslated("agents", agent.code, because))
        fitting.append(replace(agent, workflows=tuple(code for code in agent.workflows if code in known)))
    return Translated(tuple(fitting), tuple(untranslated))


def _put_skill(db: Session, value: Skill) -> None:
    before = next((one for one in load_skills(db) if one.code == value.code), None)
    save_skill(db, value)
    known = {file.path: file for file in before.files} if before else {}
    for file in value.files:
        if known.pop(file.path, None) != file:
            save_skill_file(db, value.code, file)
    for path in known:
        drop_skill_file(db, value.code, path)


def _shown_agent(value: Agent) -> dict[str, str]:
    return {
        "name": value.name,
        "description": value.description,
        "instructions": value.instructions,
        "tools": " ".join(value.tools),
        "arguments": arguments_text(value.arguments),
        "settings": ", ".join(f"{name}={text}" for name, text in value.settings),
        "workflows": " ".join(value.workflows),
        "enabled": str(value.enabled).lower(),
    }


def _shown_skill(value: Skill) -> dict[str, str]:
    files = {f"file {file.path}": f"{file.size} bytes, {file.sha256[:12]}" for file in value.files}
    said = {"name": value.name, "description": value.description, "enabled": str(value.enabled).lower()}
    return {**said, **files}


AGENTS = CopiedPart(
    name=AGENTS_NAME,
    noun="agent",
    layer=Layer.ORGANIZATION,
    practices_own=True,
    load=load_agents,
    add=add_agents,
    key=lambda value: str(value.code),
    shown=_shown_agent,
    translate=_translate_agents,
    check=_check_agent,
    put=save_agent,
)
SKILLS = CopiedPart(
    name=SKILLS_NAME,
    noun="skill",
    layer=Layer.ORGANIZATION,
    practices_own=True,
    load=load_skills,
    add=add_skills,
    key=lambda value: str(value.code),
    shown=_shown_skill,
    translate=_enabled,
    check=_check_skill,
    put=_put_skill,
)
