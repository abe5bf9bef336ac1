"""Queries on an organization's skills, with their files and settings.

A content is kept once, however many files have it, and as long as one has it.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import bindparam, delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session

from invoicing.assistance.skills import GUIDE, ListedFile, ListedSkill, Skill, SkillFile
from storage.books import assistance_tables
from storage.queries.cache import remembered
from storage.queries.statements import execute, insert_rows, table_of

_SKILLS, _FILES = table_of(assistance_tables.Skill), table_of(assistance_tables.SkillFile)
_CONTENTS, _SETTINGS = table_of(assistance_tables.SkillContent), table_of(assistance_tables.SkillSetting)

_IN_ORDER = select(_SKILLS.c.code, _SKILLS.c.name, _SKILLS.c.description, _SKILLS.c.enabled).order_by(_SKILLS.c.code)
_FILES_IN_ORDER = (
    select(_FILES.c.skill, _FILES.c.path, _CONTENTS.c.content, _FILES.c.sha256, _FILES.c.size)
    .join_from(_FILES, _CONTENTS)
    .order_by(_FILES.c.skill, _FILES.c.path)
)
_FILES_ALONE = select(_FILES.c.skill, _FILES.c.path, _FILES.c.sha256, _FILES.c.size).order_by(
    _FILES.c.skill, _FILES.c.path
)
_GUIDES = select(_FILES.c.skill, _CONTENTS.c.content).join_from(_FILES, _CONTENTS).where(_FILES.c.path == GUIDE)
_ONE_FILE = (
    select(_FILES.c.path, _CONTENTS.c.content, _FILES.c.sha256, _FILES.c.size)
    .join_from(_FILES, _CONTENTS)
    .where(_FILES.c.skill == bindparam("of_skill"), _FILES.c.path == bindparam("of_path"))
)
_ADD_CONTENT = insert(_CONTENTS).inline().on_conflict_do_nothing()
_CHANGE = _SKILLS.update().where(_SKILLS.c.code == bindparam("of_code"))
_DROP_FILE = delete(_FILES).where(_FILES.c.skill == bindparam("of_skill"), _FILES.c.path == bindparam("of_path"))
_DROP_CONTENTS = delete(_CONTENTS).where(_CONTENTS.c.sha256.not_in(select(_FILES.c.sha256)))
_SETTINGS_IN_ORDER = select(_SETTINGS).order_by(_SETTINGS.c.skill, _SETTINGS.c.name)
_DROP_SETTINGS = delete(_SETTINGS).where(_SETTINGS.c.skill == bindparam("of_skill"))


def load_skills(session: Session) -> tuple[Skill, ...]:
    """The skills by code with their files by path, those that are not enabled too."""
    files: dict[str, list[SkillFile]] = {}
    for skill, *of_file in execute(session, _FILES_IN_ORDER):
        files.setdefault(skill, []).append(SkillFile(*of_file))
    return tuple(
        Skill(row.code, row.name, row.description, tuple(files.get(row.code, ())), row.enabled)
        for row in execute(session, _IN_ORDER)
    )


def list_skills(session: Session) -> tuple[ListedSkill, ...]:
    """As `load_skills`, without the contents; until a setting changes, it is what was read last time."""
    return remembered(session, ("skills",), _list_skills)


def _list_skills(session: Session) -> tuple[ListedSkill, ...]:
    files: dict[str, list[ListedFile]] = {}
    for skill, *of_file in execute(session, _FILES_ALONE):
        files.setdefault(skill, []).append(ListedFile(*of_file))
    guides = {row[0]: row[1] for row in execute(session, _GUIDES)}
    return tuple(
        ListedSkill(
            code=row.code,
            name=row.name,
            description=row.description,
            enabled=row.enabled,
            guide=guides.get(row.code, b""),
            files=tuple(files.get(row.code, ())),
        )
        for row in execute(session, _IN_ORDER)
    )


def load_skill_file(session: Session, skill: str, path: str) -> SkillFile | None:
    """A file of a skill."""
    row = execute(session, _ONE_FILE, {"of_skill": skill, "of_path": path}).first()
    return SkillFile(*row) if row else None


def add_skills(session: Session, skills: Iterable[Skill]) -> None:
    """Add new skills with their files."""
    added = list(skills)
    insert_rows(session, _SKILLS.insert().inline(), ({"code": one.code, **_columns(one)} for one in added))
    for one in added:
        _add_files(session, one.code, one.files)


def save_skill(session: Session, skill: Skill) -> None:
    """Keep a skill, new or changed; its files stay as they are."""
    if not execute(session, _CHANGE, {**_columns(skill), "of_code": skill.code}).rowcount:
        insert_rows(session, _SKILLS.insert().inline(), [{"code": skill.code, **_columns(skill)}])


def save_skill_file(session: Session, skill: str, file: SkillFile) -> None:
    """Keep a file of a skill, new or changed."""
    execute(session, _DROP_FILE, {"of_skill": skill, "of_path": file.path})
    _add_files(session, skill, [file])
    execute(session, _DROP_CONTENTS)


def drop_skill_file(session: Session, skill: str, path: str) -> None:
    """Take a file out of a skill."""
    execute(session, _DROP_FILE, {"of_skill": skill, "of_path": path})
    execute(session, _DROP_CONTENTS)


def load_skill_settings(session: Session) -> dict[str, tuple[tuple[str, str], ...]]:
    """What each skill is to know of this organization, by the skill's code: names and texts."""
    found: dict[str, tuple[tuple[str, str], ...]] = {}
    for skill, name, value in execute(session, _SETTINGS_IN_ORDER):
        found[skill] = (*found.get(skill, ()), (name, value))
    return found


def save_skill_settings(session: Session, skill: str, settings: Iterable[tuple[str, str]]) -> None:
    """Keep what a skill is to know, in place of what it knew."""
    execute(session, _DROP_SETTINGS, {"of_skill": skill})
    rows = ({"skill": skill, "name": name, "value": value} for name, value in settings)
    insert_rows(session, _SETTINGS.insert().inline(), rows)


def _columns(one: Skill) -> dict[str, object]:
    return {"name": one.name, "description": one.description, "enabled": one.enabled}


def _add_files(session: Session, skill: str, files: Iterable[SkillFile]) -> None:
    added = list(files)
    insert_rows(session, _ADD_CONTENT, ({"sha256": one.sha256, "content": one.content} for one in added))
    rows = ({"skill": skill, "path": one.path, "sha256": one.sha256, "size": one.size} for one in added)
    insert_rows(session, _FILES.insert().inline(), rows)
