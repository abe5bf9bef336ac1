"""Skills: folders of files that tell assistants how something is done, as the organization's people write them."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping, Sequence
from dataclasses import replace

from sqlmodel import Session

from invoicing.assistance.agents import check_code, settings_from_text, settings_text
from invoicing.assistance.shipped import own_skills, shipped_skills
from invoicing.assistance.skills import (
    GUIDE,
    SKILLS_MAX,
    ListedFile,
    ListedSkill,
    Skill,
    SkillFile,
    check_head,
    check_path,
    check_sizes,
    guide_head,
    guide_text,
    listed,
    skill_file,
)
from invoicing.refusals import Conflict, InvalidInput, LimitExceeded
from invoicing.text.typed import check_characters, clean_line
from operations.configuration.entries import (
    Change,
    Entry,
    Part,
    PartOf,
    asks_for_shipped,
    no_such_entry,
    record,
    wanted_of_shipped,
)
from operations.rights import Right
from storage.books.pool import Books
from storage.books.skills import (
    drop_skill_file,
    list_skills,
    load_skill_file,
    load_skill_settings,
    save_skill,
    save_skill_file,
    save_skill_settings,
)

_OF_FILES = frozenset({"path", "content", "base64"})

Settings = Sequence[tuple[str, str]]


def _entry(skill: ListedSkill, settings: Settings) -> Entry:
    values = {
        "name": skill.name,
        "description": skill.description,
        "settings": settings_text(settings),
    }
    return Entry(skill.code, values, skill.enabled)


def _file_entry(skill: str, file: ListedFile | SkillFile) -> Entry:
    return Entry(f"{skill}/{file.path}", {"bytes": str(file.size), "sha256": file.sha256})


def _entries(db: Session, books: Books) -> list[Entry]:
    settings = load_skill_settings(db)
    return [_entry(skill, settings.get(skill.code, ())) for skill in list_skills(db)]


def _entry_of(db: Session, books: Books, code: str) -> list[Entry]:
    """A skill and its files; or a file with its content."""
    name, slash, path = code.strip().partition("/")
    if slash:
        file = load_skill_file(db, name.lower(), path)
        return [_whole(name.lower(), file)] if file else []
    for skill in list_skills(db):
        if skill.code == name.lower():
            settings = load_skill_settings(db).get(skill.code, ())
            return [_entry(skill, settings), *(_file_entry(skill.code, file) for file in skill.files)]
    return []


def _whole(skill: str, file: SkillFile) -> Entry:
    entry = _file_entry(skill, file)
    try:
        content = {"content": file.content.decode()}
    except UnicodeDecodeError:
        content = {"base64": base64.b64encode(file.content).decode()}
    return replace(entry, values={**entry.values, **content})


def _save(db: Session, books: Books, change: Change) -> str:
    known = {skill.code: skill for skill in list_skills(db)}
    if asks_for_shipped(change.values):
        return _take_shipped(db, books, change, known)
    name, slash, path = change.code.strip().partition("/")
    code = check_code(name)
    if code in {skill.code for skill in own_skills()}:
        raise Conflict(f"code: {code} is a skill of Counterfoil's own.", field="code")
    before = known.get(code)
    if change.withdraw:
        return _withdraw(db, books, before, path if slash else "")
    values = change.values
    if slash and values.get("path", path) != path:
        raise InvalidInput("values: path is in the code already.", field="values")
    if slash or _OF_FILES & values.keys():
        return _save_file(db, books, code, before, values if not slash else {**values, "path": path}, known)
    if before is None:
        raise InvalidInput(
            "values: a new skill begins with its guide: give description and content, which is SKILL.md.",
            field="values",
        )
    _save_about(db, books, before, values)
    return code


def _withdraw(db: Session, books: Books, before: ListedSkill | None, path: str) -> str:
    if before is None:
        raise no_such_entry("skill")
    if not path:
        _keep(db, books, before, replace(before, enabled=False))
        return before.code
    file = next((one for one in before.files if one.path == path), None)
    if file is None:
        raise no_such_entry("file")
    if path == GUIDE:
        raise Conflict(f"code: no skill is without {GUIDE}; take the skill out of use.", field="code")
    drop_skill_file(db, before.code, path)
    gone = Entry(f"{before.code}/{path}", {"bytes": "", "sha256": ""}, active=False)
    record(db, books, Part.SKILLS, gone.code, _file_entry(before.code, file), gone)
    return before.code


def _save_about(db: Session, books: Books, before: ListedSkill, values: Mapping[str, str]) -> None:
    """What is said of a skill beside its files."""
    if values.get("description", before.description) != before.description:
        raise InvalidInput(f"values: description stands in the head of {GUIDE}: give its content anew.", field="values")
    _save_settings(db, books, before, values)
    name = clean_line(values.get("name", before.name), field="name", limit=80, required=True)
    _keep(db, books, before, replace(before, name=name, enabled=True))


def _save_file(
    db: Session,
    books: Books,
    code: str,
    before: ListedSkill | None,
    values: Mapping[str, str],
    known: Mapping[str, ListedSkill],
) -> str:
    path = values.get("path", GUIDE)
    if before is None and path != GUIDE:
        raise InvalidInput(f"values: a new skill begins with its guide, {GUIDE}.", field="values")
    if before is None and len(known) >= SKILLS_MAX:
        raise LimitExceeded(f"code: an organization has at most {SKILLS_MAX} skills.", field="code")
    old = before or ListedSkill(code, code.replace("-", " ").capitalize(), "", True, b"", ())
    check_path(path, taken=[file.path for file in old.files])
    content = _content(values, code, old) if path == GUIDE else _content_of(values)
    file = skill_file(path, content)
    files = [*(one for one in old.files if one.path != path), ListedFile(path, file.sha256, file.size)]
    others = sum(skill.size for name, skill in known.items() if name != code)
    check_sizes(files, all_bytes=others + sum(one.size for one in files))
    description = check_head(guide_head(content), code) if path == GUIDE else old.description
    name = clean_line(values.get("name", old.name), field="name", limit=80, required=True)
    after = replace(old, name=name, description=description, enabled=True, files=tuple(files))
    # The skill before its files, which rest on it.
    save_skill(db, _row(after))
    save_skill_file(db, code, file)
    was = next((_file_entry(code, one) for one in old.files if one.path == path), None)
    record(db, books, Part.SKILLS, f"{code}/{path}", was, _file_entry(code, file))
    _save_settings(db, books, after, values)
    _keep(db, books, before, after)
    return code


def _content(values: Mapping[str, str], code: str, old: ListedSkill) -> bytes:
    """That of the guide, which has a head."""
    described = clean_line(values.get("description", old.description), field="description", limit=1_024)
    return guide_text(_content_of(values).decode(), code, described).encode()


def _content_of(values: Mapping[str, str]) -> bytes:
    if ("content" in values) is ("base64" in values):
        raise InvalidInput("values: give content, or for what is no text base64.", field="values")
    if "base64" in values:
        try:
            return base64.b64decode(values["base64"], validate=True)
        except binascii.Error:
            raise InvalidInput("values: base64 cannot be read.", field="values") from None
    text = check_characters(values["content"], field="content")
    if not text.strip():
        raise InvalidInput("values: content is empty.", field="values")
    return text.encode()


def _save_settings(db: Session, books: Books, skill: ListedSkill, values: Mapping[str, str]) -> None:
    if "settings" not in values:
        return
    before = load_skill_settings(db).get(skill.code, ())
    after = settings_from_text(values["settings"])
    save_skill_settings(db, skill.code, after)
    old, new = (Entry(skill.code, {"settings": settings_text(one)}, skill.enabled) for one in (before, after))
    record(db, books, Part.SKILLS, skill.code, old, new)


def _keep(db: Session, books: Books, before: ListedSkill | None, after: ListedSkill) -> None:
    save_skill(db, _row(after))
    settings = load_skill_settings(db).get(after.code, ())
    record(
        db,
        books,
        Part.SKILLS,
        after.code,
        _about(before, settings) if before else None,
        _about(after, settings),
    )


def _about(skill: ListedSkill, settings: Settings) -> Entry:
    """What is on record of a skill beside its files and settings."""
    return Entry(skill.code, {"name": skill.name, "description": skill.description}, skill.enabled)


def _row(skill: ListedSkill) -> Skill:
    return Skill(skill.code, skill.name, skill.description, (), skill.enabled)


def _take_shipped(db: Session, books: Books, change: Change, known: Mapping[str, ListedSkill]) -> str:
    """The skill of this code as it is brought along; without a code all that are not there yet."""
    shipped = {skill.code: skill for skill in shipped_skills(books.organization.kind)}
    wanted = wanted_of_shipped(shipped, change.code, known)
    if len({*known, *(skill.code for skill in wanted)}) > SKILLS_MAX:
        raise LimitExceeded(f"code: an organization has at most {SKILLS_MAX} skills.", field="code")
    for skill in wanted:
        before, after = known.get(skill.code), listed(skill)
        _keep(db, books, before, after)
        old = {file.path: _file_entry(skill.code, file) for file in before.files} if before else {}
        for file in skill.files:
            save_skill_file(db, skill.code, file)
            record(
                db, books, Part.SKILLS, f"{skill.code}/{file.path}", old.get(file.path), _file_entry(skill.code, file)
            )
    return change.code


SKILLS = PartOf(
    title="skills",
    fields={
        "name": "its title",
        "description": "when it is of use; it stands in the head of SKILL.md",
        "content": "the text of a file",
        "path": "of which file, below the skill's folder; SKILL.md if left out",
        "base64": "in place of content, for what is no text",
        "settings": "name=value; ... what the skill is to know of this organization alone",
        "shipped": "true, alone: take the one that Counterfoil brings along, or without a code all that are not there",
    },
    read=_entries,
    read_one=_entry_of,
    save=_save,
    right=Right.CHANGE_SKILLS,
    withdrawing="it is offered no more; with the code skill/path, that file is taken away",
)
