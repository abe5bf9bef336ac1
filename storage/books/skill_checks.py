"""Whether the files of skills are what their sums say: the trail's digests of settings hold the sums alone."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from sqlalchemy import bindparam, select
from sqlmodel import Session

from storage.books import assistance_tables
from storage.queries.statements import execute, table_of
from storage.work.asking import Ask, each

_FILES, _CONTENTS = table_of(assistance_tables.SkillFile), table_of(assistance_tables.SkillContent)
_NEXT = (
    select(_CONTENTS.c.sha256, _CONTENTS.c.content)
    .where(_CONTENTS.c.sha256 > bindparam("after"))
    .order_by(_CONTENTS.c.sha256)
    .limit(1)
)
_KNOWN = select(_FILES.c.skill, _FILES.c.path, _FILES.c.sha256, _FILES.c.size).order_by(_FILES.c.skill, _FILES.c.path)


def skill_problems(ask: Ask) -> Iterator[str]:
    """Files of skills whose content is not the one that was written, or is gone."""
    sizes = {sha256: len(content) for sha256, content in each(ask, _content, "") if _sum(content) == sha256}
    for skill, path, sha256, size in ask(_files):
        if sizes.get(sha256) != size:
            yield f"skill {skill}: its file {path} is not the one that was written"


def _content(key: str, session: Session) -> tuple[str, list[tuple[str, bytes]]] | None:
    row = execute(session, _NEXT, {"after": key}).first()
    return (row[0], [(row[0], row[1])]) if row else None


def _files(session: Session) -> list[tuple[str, str, str, int]]:
    return [(row[0], row[1], row[2], row[3]) for row in execute(session, _KNOWN)]


def _sum(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
