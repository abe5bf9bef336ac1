"""Tables of what an organization's people write down for assistants, which are settings like any others."""

from __future__ import annotations

from sqlmodel import Field

from storage.books.settings_tables import BooksTable


class Agent(BooksTable, table=True):
    """A task that assistants are offered as a prompt. Names have a space between them, the rest is JSON."""

    __tablename__ = "agents"

    code: str = Field(primary_key=True)
    name: str
    description: str
    instructions: str
    tools: str = ""
    arguments: str = "[]"
    settings: str = "{}"
    workflows: str = ""
    enabled: bool = True


class Skill(BooksTable, table=True):
    """A folder of files that tell assistants how something is done."""

    __tablename__ = "skills"

    code: str = Field(primary_key=True)
    name: str
    description: str
    enabled: bool = True


class SkillContent(BooksTable, table=True):
    """What stands in files of skills, each content once."""

    __tablename__ = "skill_contents"

    sha256: str = Field(primary_key=True)
    content: bytes


class SkillFile(BooksTable, table=True):
    __tablename__ = "skill_files"

    skill: str = Field(primary_key=True, foreign_key="skills.code")
    path: str = Field(primary_key=True)
    sha256: str = Field(foreign_key="skill_contents.sha256")
    size: int


class SkillSetting(BooksTable, table=True):
    """What a skill is to know of this organization alone."""

    __tablename__ = "skill_settings"

    skill: str = Field(primary_key=True, foreign_key="skills.code")
    name: str = Field(primary_key=True)
    value: str
