"""Skills as they are offered: which, with which files under which addresses, and what stands in them.

The address of a file is `skill://{handle}/{skill}/{path}`; of one of Counterfoil's own skills `skill://{skill}/{path}`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from sqlmodel import Session

from invoicing.assistance.frontmatter import Head
from invoicing.assistance.shipped import own_skills
from invoicing.assistance.skills import (
    GUIDE,
    SETTINGS_FILE,
    ListedFile,
    ListedSkill,
    SkillFile,
    guide_head,
    listed,
    settings_file,
)
from invoicing.organizations import OrganizationRef
from invoicing.refusals import NotFound, OrganizationMismatch
from operations.assistance.offering import books_to_read, offering_organizations
from operations.naming import Caller, name_organization
from storage.books.skills import list_skills, load_skill_file, load_skill_settings

SCHEME = "skill://"

Settings = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class OfferedSkill:
    """A skill with its files. `folder` is what the addresses of its files begin with, `head` what its guide's says."""

    folder: str
    head: Head
    skill: ListedSkill

    @property
    def address(self) -> str:
        return f"{self.folder}/{GUIDE}"


@dataclass(frozen=True, slots=True)
class _Address:
    """Where a file is; without a handle it is of one of Counterfoil's own skills."""

    handle: str
    code: str
    path: str


async def offered_skills(caller: Caller) -> tuple[OfferedSkill, ...]:
    """The skills that the connection offers: Counterfoil's own, then those of each organization by code."""
    found = _own()
    for source in await offering_organizations(caller):
        found += await _skills_of(caller, source)
    return tuple(found)


async def find_skill(caller: Caller, address: str) -> OfferedSkill:
    """The skill whose guide has this address, of any organization in reach, listed or not.

    Raises:
        NotFound: none, whether nobody has it or others have.
    """
    wanted = _taken_apart(address)
    there = await _skills_of(caller, await _named(caller, wanted)) if wanted.handle else _own()
    found = [one for one in there if one.skill.code == wanted.code and wanted.path == GUIDE]
    if not found:
        raise no_such_skill()
    return found[0]


async def read_skill_file(caller: Caller, address: str) -> SkillFile:
    """The file of this address.

    Raises:
        NotFound: none, whether nobody has it or others have.
    """
    wanted = _taken_apart(address)
    if not wanted.handle:
        found = _file_of_own(wanted)
    else:
        books = books_to_read(caller, await _named(caller, wanted))
        found = await books.read(lambda db: _load(db, wanted))
    if found is None:
        raise no_such_skill()
    return found


def no_such_skill() -> NotFound:
    """The one answer for a skill that nobody has, and for one that others have."""
    return NotFound("There is no such skill on this connection; list the skills anew.", field="uri")


def _taken_apart(address: str) -> _Address:
    if not address.startswith(SCHEME):
        raise no_such_skill()
    first, _, below = address.removeprefix(SCHEME).partition("/")
    if any(skill.code == first for skill in own_skills()):
        return _Address("", first, below)
    code, _, path = below.partition("/")
    if not first.strip() or not code or not path:
        raise no_such_skill()
    return _Address(first, code, path)


async def _named(caller: Caller, wanted: _Address) -> OrganizationRef:
    try:
        return await name_organization(caller, organization=wanted.handle, session="", changing=False)
    except (NotFound, OrganizationMismatch):
        raise no_such_skill() from None


def _own() -> list[OfferedSkill]:
    return [_offered("", listed(skill), ()) for skill in own_skills()]


async def _skills_of(caller: Caller, source: OrganizationRef) -> list[OfferedSkill]:
    found = await books_to_read(caller, source).read(_enabled)
    return [_offered(f"{source.handle}/", skill, settings) for skill, settings in found]


def _enabled(db: Session) -> list[tuple[ListedSkill, Settings]]:
    skills = [skill for skill in list_skills(db) if skill.enabled]
    settings = load_skill_settings(db) if skills else {}
    return [(skill, settings.get(skill.code, ())) for skill in skills]


def _offered(prefix: str, skill: ListedSkill, settings: Settings) -> OfferedSkill:
    files: Iterable[ListedFile] = skill.files
    if settings:
        made = settings_file(settings)
        files = (*files, ListedFile(made.path, made.sha256, made.size))
    return OfferedSkill(f"{SCHEME}{prefix}{skill.code}", guide_head(skill.guide), replace(skill, files=tuple(files)))


def _load(db: Session, wanted: _Address) -> SkillFile | None:
    for skill, settings in _enabled(db):
        if skill.code == wanted.code:
            if wanted.path == SETTINGS_FILE and settings:
                return settings_file(settings)
            return load_skill_file(db, wanted.code, wanted.path)
    return None


def _file_of_own(wanted: _Address) -> SkillFile | None:
    files = (file for skill in own_skills() if skill.code == wanted.code for file in skill.files)
    return next((file for file in files if file.path == wanted.path), None)
