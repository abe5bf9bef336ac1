"""Skills: folders of files that tell an assistant how something is done (agentskills.io).

The bounds are those of the protocol's extension for skills, so that every client takes what is kept here.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from invoicing.assistance.frontmatter import Head, taken_apart, with_head
from invoicing.refusals import Conflict, InvalidInput, LimitExceeded

GUIDE = "SKILL.md"
SETTINGS_FILE = "SETTINGS.md"
"""The file that is made of a skill's settings when it is read."""

SKILLS_MAX = 50
FILES_MAX = 512
SKILL_BYTES_MAX = 16 * 1024 * 1024
ALL_BYTES_MAX = 64 * 1024 * 1024
DESCRIPTION_MAX = 1_024

_SEGMENT = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]{0,79}", re.ASCII)
_PATH_MAX = 200
_KINDS = {
    ".md": "text/markdown",
    ".txt": "text/plain",
    ".csv": "text/csv",
    ".html": "text/html",
    ".json": "application/json",
    ".toml": "application/toml",
    ".yaml": "application/yaml",
    ".py": "text/x-python",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".pdf": "application/pdf",
}


@dataclass(frozen=True, slots=True)
class SkillFile:
    """A file of a skill: its path below the skill's folder, and its content with SHA-256 sum and size in bytes."""

    path: str
    content: bytes
    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class Skill:
    """A skill with its files by path."""

    code: str
    name: str
    description: str
    files: tuple[SkillFile, ...] = ()
    enabled: bool = True


@dataclass(frozen=True, slots=True)
class ListedFile:
    """A file of a skill without its content."""

    path: str
    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class ListedSkill:
    """A skill with its files by path, without their contents but that of the guide."""

    code: str
    name: str
    description: str
    enabled: bool
    guide: bytes
    files: tuple[ListedFile, ...]

    @property
    def size(self) -> int:
        return sum(file.size for file in self.files)


def skill_file(path: str, content: bytes) -> SkillFile:
    """A file of this content."""
    return SkillFile(path, content, hashlib.sha256(content).hexdigest(), len(content))


def listed(skill: Skill) -> ListedSkill:
    """The skill without its contents."""
    return ListedSkill(
        code=skill.code,
        name=skill.name,
        description=skill.description,
        enabled=skill.enabled,
        guide=next((file.content for file in skill.files if file.path == GUIDE), b""),
        files=tuple(ListedFile(file.path, file.sha256, file.size) for file in skill.files),
    )


def check_path(path: str, *, taken: Iterable[str] = ()) -> str:
    """Where a file lies below its skill's folder, so that no client writes it anywhere else.

    Raises:
        InvalidInput: no such path.
        Conflict: it cannot stand beside those that are taken.
    """
    segments = path.split("/")
    if len(path) > _PATH_MAX or not all(_SEGMENT.fullmatch(segment) for segment in segments):
        raise InvalidInput(
            "values: path must lie below the skill's folder, such as SKILL.md or examples/letter.md: letters, digits,"
            " points, hyphens and underscores, with single slashes between.",
            field="values",
        )
    name = segments[-1].casefold()
    if (name == GUIDE.casefold() and path != GUIDE) or path.casefold() == SETTINGS_FILE.casefold():
        raise InvalidInput(f"values: path: {path} is not to be written; {GUIDE} is a skill's guide.", field="values")
    folded = path.casefold()
    for other in taken:
        against = other.casefold()
        if other != path and (folded == against or f"{folded}/".startswith(f"{against}/") or _holds(folded, against)):
            raise Conflict(f"values: path: it cannot stand beside {other}.", field="values")
    return path


def check_sizes(files: Sequence[ListedFile], *, all_bytes: int) -> None:
    """Refuse what no client need take; `all_bytes` are those of all the organization's skills.

    Raises:
        LimitExceeded.
    """
    if len(files) > FILES_MAX:
        raise LimitExceeded(f"values: a skill has at most {FILES_MAX} files.", field="values")
    if sum(file.size for file in files) > SKILL_BYTES_MAX:
        raise LimitExceeded(f"values: a skill has at most {SKILL_BYTES_MAX:,} bytes.", field="values")
    if all_bytes > ALL_BYTES_MAX:
        raise LimitExceeded(f"values: all skills have at most {ALL_BYTES_MAX:,} bytes together.", field="values")


def guide_text(text: str, code: str, description: str) -> str:
    """The guide with its head: as it is written, or else made of the skill's code and description.

    Raises:
        InvalidInput: a head of another name, or without a description.
    """
    if not taken_apart(text)[0]:
        return with_head({"name": code, "description": description}, text)
    return text


def guide_head(content: bytes) -> Head:
    """What stands in the guide's head."""
    return taken_apart(content.decode())[0]


def check_head(head: Head, code: str) -> str:
    """The description in a guide's head.

    Raises:
        InvalidInput: a head of another name, or without a description.
    """
    if head.get("name") != code:
        raise InvalidInput(f"content: the name in its head must be the skill's code, {code}.", field="content")
    description = head.get("description")
    if not isinstance(description, str) or not 0 < len(description) <= DESCRIPTION_MAX:
        raise InvalidInput(
            f"values: description is required, at most {DESCRIPTION_MAX:,} characters: it says when the skill is of"
            " use.",
            field="values",
        )
    return description


def settings_file(settings: Sequence[tuple[str, str]]) -> SkillFile:
    """The file that says what a skill is to know of this organization alone."""
    lines = ["# What this organization has set", "", *(f"- {name}: {value}" for name, value in settings), ""]
    return skill_file(SETTINGS_FILE, "\n".join(lines).encode())


def kind_of(path: str) -> str:
    """The media type of a file, by its name."""
    return _KINDS.get(PurePosixPath(path).suffix.lower(), "application/octet-stream")


def _holds(folder: str, path: str) -> bool:
    return path.startswith(f"{folder}/")
