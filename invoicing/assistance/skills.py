"""Skills: folders of files that tell an assistant how something is done."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass


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


def skill_file(path: str, content: bytes) -> SkillFile:
    """A file of this content."""
    return SkillFile(path, content, hashlib.sha256(content).hexdigest(), len(content))
