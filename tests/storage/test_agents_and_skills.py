"""Agents and skills in the books: kept as they are, each content once, and verified."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path

from sqlalchemy import func, select
from sqlmodel import Session

from invoicing.assistance.agents import Agent, AgentArgument, ArgumentKind
from invoicing.assistance.skills import Skill, skill_file
from operations.verification import verify_books
from storage.books import audit
from storage.books.agents import add_agents, load_agents, save_agent
from storage.books.assistance_tables import SkillContent
from storage.books.pool import BOOKS_FILE
from storage.books.skills import (
    add_skills,
    drop_skill_file,
    load_skill_settings,
    load_skills,
    save_skill,
    save_skill_file,
    save_skill_settings,
)
from storage.books.states import settings_state
from storage.queries.statements import execute, table_of
from tests.support.clock import NOON
from tests.support.folders import folder_of
from tests.support.practice import practice
from tests.support.raw import past_triggers

CHASE = Agent(
    "a-chase",
    "Chase",
    "Who owes",
    "Look at who owes,\nthen write.",
    tools=("get_report", "find_invoices"),
    arguments=(AgentArgument("customer", ArgumentKind.CUSTOMER, True, "Whose"), AgentArgument("note")),
    settings=(("tone", "kind"), ("days", "14")),
    workflows=("big-ones",),
)
OFF = Agent("b-off", "Off", "Not now", "Nothing.", enabled=False)
GUIDE = skill_file("SKILL.md", b"# How")
SKILL = Skill("a-how", "How", "When to", (GUIDE, skill_file("parts/picture.bin", b"\x00\xff")))


async def test_agents_are_kept_as_they_are(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        client = one.books(await one.client("Finch"))
        before = await client.read(load_agents)
        await client.write(lambda db: add_agents(db, (OFF, CHASE)))
        assert set(await client.read(load_agents)) == {*before, CHASE, OFF}
        changed = replace(OFF, enabled=True, instructions="Something.", settings=(("z", "1"), ("a", "2")))
        await client.write(lambda db: save_agent(db, changed))
        assert set(await client.read(load_agents)) == {*before, CHASE, changed}


async def test_skills_are_kept_with_their_files_and_each_content_as_long_as_a_file_has_it(tmp_path: Path) -> None:
    def contents(session: Session) -> int:
        return int(execute(session, select(func.count()).select_from(table_of(SkillContent))).scalar_one())

    other = Skill("b-other", "Other", "When else", (GUIDE,), enabled=False)
    async with practice(tmp_path) as one:
        client = one.books(await one.client("Finch"))
        before, kept = await client.read(load_skills), await client.read(contents)
        await client.write(lambda db: add_skills(db, (SKILL, other)))
        assert set(await client.read(load_skills)) == {*before, SKILL, other}
        assert await client.read(contents) == kept + 2

        anew = skill_file("SKILL.md", b"# Anew")
        await client.write(lambda db: save_skill_file(db, "a-how", anew))
        await client.write(lambda db: drop_skill_file(db, "a-how", "parts/picture.bin"))
        await client.write(lambda db: save_skill(db, replace(other, name="Another")))
        changed = {replace(SKILL, files=(anew,)), replace(other, name="Another")}
        assert set(await client.read(load_skills)) == {*before, *changed}
        assert await client.read(contents) == kept + 2
        await client.write(lambda db: drop_skill_file(db, "b-other", "SKILL.md"))
        assert await client.read(contents) == kept + 1


async def test_what_a_skill_is_to_know_is_kept_in_place_of_what_it_knew(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        client = one.books(await one.client("Finch"))
        await client.write(lambda db: add_skills(db, (SKILL,)))
        for settings in ((("day", "5"), ("who", "Ann")), (("day", "7"),)):
            await client.write(partial(save_skill_settings, skill="a-how", settings=settings))
            assert (await client.read(load_skill_settings))["a-how"] == settings


async def test_verification_finds_a_file_of_a_skill_that_is_not_the_one_that_was_written(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        books = one.books(await one.client("Finch"))

        def add(session: Session) -> None:
            add_skills(session, (SKILL,))
            detail: dict[str, object] = {"settings": settings_state(session)}
            audit.record(session, "save_configuration", SKILL.code, at=NOON, by="somebody", detail=detail)

        await books.write(add)
        assert (await verify_books(books)).problem == ""
        with past_triggers(folder_of(books) / BOOKS_FILE) as connection:
            connection.execute("UPDATE skill_contents SET content = ? WHERE sha256 = ?", (b"\0", GUIDE.sha256))
        problem = (await verify_books(books)).problem
        assert problem == "skill a-how: its file SKILL.md is not the one that was written"
