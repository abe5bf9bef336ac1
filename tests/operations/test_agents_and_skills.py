"""Agents and skills as parts of the configuration: what is taken, what is refused, and who may."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import pytest

from invoicing.assistance.skills import FILES_MAX, SKILL_BYTES_MAX, ListedFile, check_sizes
from invoicing.organizations import EVERYTHING, CredentialKind, OrganizationKind
from invoicing.refusals import Conflict, InvalidInput, LimitExceeded, NotAllowed, NotFound, Refusal
from operations.access import open_books
from operations.configuration.configuring import get_entries, save_entry
from operations.configuration.entries import Change, Entry, Part
from operations.credentials import create_key, digest_of, principal_of
from operations.rights import Right
from operations.verification import verify_books
from storage.books.agents import load_agents
from storage.books.pool import Books
from storage.books.skills import load_skill_file, load_skills
from storage.directory.credentials import Bearer, bearer_of
from tests.support.clock import NOON
from tests.support.people import another_practice, as_seen_by, colleague
from tests.support.practice import Practice, practice

REMIND = {
    "name": "Remind",
    "description": "Remind politely",
    "instructions": "1. Look who owes.\n2. Write to them.",
    "tools": "get_report, find_invoices",
    "arguments": "customer (customer): whose; month (month, required): which; note",
    "settings": "tone=kind; days=14",
}
GUIDE = "# How to pack\n\nTie a knot.\n"


@dataclass(slots=True)
class Desk:
    one: Practice
    books: Books

    async def save(self, part: Part, code: str, **values: str) -> Entry | None:
        return await save_entry(self.one.office, self.books, part, Change(code=code, values=values))

    async def withdraw(self, part: Part, code: str) -> None:
        await save_entry(self.one.office, self.books, part, Change(code=code, withdraw=True))

    async def entries(self, part: Part, code: str = "") -> dict[str, Entry]:
        page = await get_entries(self.one.office, self.books, part, code=code, cursor="", limit=100)
        return {entry.code: entry for entry in page.items}


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with practice(tmp_path, client="Harbour Bakery") as one:
        books = one.books(one.first_client)
        yield Desk(one, books)
        assert (await verify_books(books)).problem == ""


async def test_an_agent_is_written_changed_and_taken_out_of_use(desk: Desk) -> None:
    await desk.save(Part.WORKFLOWS, "LARGE", steps="owner")
    await desk.save(Part.AGENTS, "Remind-All", **REMIND, workflows="large")
    shown = (await desk.entries(Part.AGENTS, "remind-all"))["remind-all"].values
    assert shown["tools"] == "get_report find_invoices"
    assert shown["arguments"] == "customer (customer): whose; month (month, required): which; note"
    assert shown["workflows"] == "LARGE"
    assert shown["instructions"] == REMIND["instructions"]
    assert "instructions" not in (await desk.entries(Part.AGENTS))["remind-all"].values
    # What is shown can be said again, and changes nothing.
    await desk.save(Part.AGENTS, "remind-all", **shown)
    assert (await desk.entries(Part.AGENTS, "remind-all"))["remind-all"].values == shown

    await desk.withdraw(Part.AGENTS, "remind-all")
    assert not (await desk.entries(Part.AGENTS))["remind-all"].active
    await desk.save(Part.AGENTS, "remind-all", settings="")
    (agent,) = await desk.books.read(load_agents)
    assert agent.enabled
    assert agent.settings == ()
    assert [one.name for one in agent.arguments] == ["customer", "month", "note"]


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"tools": "get_report drop_table"}, 'there is no tool "drop_table"'),
        ({"arguments": "Month"}, "is none"),
        ({"arguments": "organization (customer)"}, "is none"),
        ({"arguments": "month (year)"}, "of one of the kinds text"),
        ({"arguments": "month (month, item)"}, "of one of the kinds text"),
        ({"arguments": "a; a"}, "twice"),
        ({"arguments": "; ".join("abcdefghijk")}, "at most 10"),
        ({"settings": "loud"}, "write name=value"),
        ({"settings": "a=1; a=2"}, "twice"),
        ({"workflows": "big-ones"}, 'there is no workflow "big-ones"'),
        ({"instructions": " "}, "instructions is required"),
        ({"instructions": "x" * 10_001}, "at most 10000"),
        ({"name": ""}, "name is required"),
        ({"shipped": "true", "name": "x"}, "goes with no other"),
        ({"colour": "red"}, "is no field of agents"),
    ],
)
async def test_what_an_agent_cannot_be_is_refused(desk: Desk, values: dict[str, str], said: str) -> None:
    with pytest.raises(Refusal, match=said):
        await desk.save(Part.AGENTS, "remind", **{**REMIND, **values} if "shipped" not in values else values)
    assert await desk.books.read(load_agents) == ()


@pytest.mark.parametrize("code", ["", "two words", "a--b", "-a", "x" * 41, "../etc", "take-stock", "é"])
async def test_a_code_that_could_be_no_name_of_a_prompt_or_folder_is_refused(desk: Desk, code: str) -> None:
    with pytest.raises(InvalidInput if code != "take-stock" else Conflict):
        await desk.save(Part.AGENTS, code, **REMIND)
    with pytest.raises(InvalidInput):
        await desk.save(Part.SKILLS, code if code != "take-stock" else "", description="d", content=GUIDE)


async def test_a_skill_begins_with_its_guide_whose_head_is_made_where_it_has_none(desk: Desk) -> None:
    with pytest.raises(InvalidInput, match="begins with its guide"):
        await desk.save(Part.SKILLS, "packing", path="notes.md", content="x")
    with pytest.raises(InvalidInput, match="begins with its guide"):
        await desk.save(Part.SKILLS, "packing", name="Packing")
    with pytest.raises(InvalidInput, match="description is required"):
        await desk.save(Part.SKILLS, "packing", content=GUIDE)
    await desk.save(Part.SKILLS, "packing", description='When to pack: "soon"', content=GUIDE)
    file = await desk.books.read(lambda db: load_skill_file(db, "packing", "SKILL.md"))
    assert file is not None
    head = '---\nname: packing\ndescription: "When to pack: \\"soon\\""\n---\n\n'
    assert file.content.decode() == head + GUIDE
    whole = (await desk.entries(Part.SKILLS, "packing/SKILL.md"))["packing/SKILL.md"].values
    assert whole == {"bytes": str(file.size), "sha256": file.sha256, "content": head + GUIDE}
    assert (await desk.entries(Part.SKILLS))["packing"].values["description"] == 'When to pack: "soon"'
    with pytest.raises(InvalidInput, match="stands in the head"):
        await desk.save(Part.SKILLS, "packing", description="Other")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("---\nname: other\ndescription: d\n---\n", "must be the skill's code"),
        ("---\nname: packing\n---\n", "description is required"),
        ("---\nname: packing\ndescription: d\n", "has no end"),
        ("---\nname: packing\ndescription: true\n---\n", "cannot be read at description"),
        ("---\nname: packing\ndescription: 12\n---\n", "cannot be read at description"),
        ("---\nname: packing\ndescription: a: b\n---\n", "cannot be read at description"),
        ("---\nname: packing\ndescription: [a]\n---\n", "cannot be read at description"),
        ("---\nname: packing\nname: packing\ndescription: d\n---\n", "cannot be read at name"),
        ("---\nname: packing\n  deep: x\ndescription: d\n---\n", "cannot be read at deep"),
        ("---\nwords\n---\n", "cannot be read"),
    ],
)
async def test_a_head_that_others_would_read_otherwise_is_refused(desk: Desk, content: str, said: str) -> None:
    with pytest.raises(InvalidInput, match=said):
        await desk.save(Part.SKILLS, "packing", content=content)
    assert await desk.books.read(load_skills) == ()


async def test_files_are_added_replaced_and_taken_away(desk: Desk) -> None:
    await desk.save(Part.SKILLS, "packing", description="d", content=GUIDE, settings="knot=reef")
    await desk.save(Part.SKILLS, "packing/examples/letter.md", content="Dear Sir")
    await desk.save(Part.SKILLS, "packing", path="pixel.png", base64=base64.b64encode(b"\x89PNG\xff").decode())
    listed = await desk.entries(Part.SKILLS, "packing")
    assert list(listed) == ["packing", "packing/SKILL.md", "packing/examples/letter.md", "packing/pixel.png"]
    assert listed["packing"].values["settings"] == "knot=reef"
    assert (await desk.entries(Part.SKILLS, "packing/pixel.png"))["packing/pixel.png"].values["base64"] == "iVBOR/8="
    await desk.save(Part.SKILLS, "packing/examples/letter.md", content="Dear Madam")
    await desk.withdraw(Part.SKILLS, "packing/pixel.png")
    (skill,) = await desk.books.read(load_skills)
    assert [(file.path, file.content[-5:]) for file in skill.files] == [
        ("SKILL.md", b"knot.\n"[-5:]),
        ("examples/letter.md", b"Madam"),
    ]
    with pytest.raises(Conflict, match="no skill is without"):
        await desk.withdraw(Part.SKILLS, "packing/SKILL.md")
    with pytest.raises(NotFound):
        await desk.withdraw(Part.SKILLS, "packing/none.md")
    with pytest.raises(NotFound):
        await desk.entries(Part.SKILLS, "packing/none.md")


@pytest.mark.parametrize(
    "path",
    [
        *("../x", "/etc/passwd", "a/../b", "a//b", "a\\b", "C:/x", ".hidden", "a/.git", "x" * 201, "sub/SKILL.md"),
        *("skill.md", "SETTINGS.md", "a b", "é.md", "a/", "SKILL.md/x", "EXAMPLES/letter.md", "examples", "nul\x00"),
    ],
)
async def test_a_file_lies_below_its_folder_and_beside_no_other(desk: Desk, path: str) -> None:
    await desk.save(Part.SKILLS, "packing", description="d", content=GUIDE)
    await desk.save(Part.SKILLS, "packing", path="examples/letter.md", content="x")
    with pytest.raises((InvalidInput, Conflict)):
        await desk.save(Part.SKILLS, "packing", path=path, content="y")
    assert len((await desk.books.read(load_skills))[0].files) == 2


def test_no_skill_has_more_or_larger_files_than_every_client_takes() -> None:
    def files(number: int, size: int) -> list[ListedFile]:
        return [ListedFile(f"{index}.md", "", size) for index in range(number)]

    check_sizes(files(FILES_MAX, 1), all_bytes=FILES_MAX)
    check_sizes(files(2, SKILL_BYTES_MAX // 2), all_bytes=SKILL_BYTES_MAX)
    for too_many, together in ((files(FILES_MAX + 1, 1), 1), (files(1, SKILL_BYTES_MAX + 1), 1), ([], 2**26 + 1)):
        with pytest.raises(LimitExceeded):
            check_sizes(too_many, all_bytes=together)


async def test_agents_and_skills_are_for_the_practices_people(desk: Desk) -> None:
    client = desk.books.organization
    others = [await colleague(desk.one, client, role) for role in ("owner", "accountant", "client")]
    for kind in (CredentialKind.KEY, CredentialKind.LINK):
        made = await create_key(desk.one.office, client, "Till", kind=kind, scopes=EVERYTHING)
        bearer = await desk.one.store.directory.read(partial(bearer_of, digest=digest_of(made.secret), now=NOON))
        assert isinstance(bearer, Bearer)
        others.append(replace(desk.one.office, principal=principal_of(bearer)))
    for office in others:
        books = replace(desk.books, organization=await as_seen_by(office, client))
        for part, values in ((Part.AGENTS, REMIND), (Part.SKILLS, {"description": "d", "content": GUIDE})):
            with pytest.raises(NotAllowed):
                await save_entry(office, books, part, Change(code="remind", values=values))
    assert await desk.books.read(load_agents) == ()


async def test_a_practice_begins_with_what_is_brought_along_and_takes_it_anew_only_when_asked(desk: Desk) -> None:
    own = desk.one.books(desk.one.organization)
    home = Desk(desk.one, own)
    begun, skills = await own.read(load_agents), await own.read(load_skills)
    assert {agent.code for agent in begun} == {skill.code for skill in skills}
    assert {agent.code for agent in begun} == {
        "chase-overdue",
        "check-before-live",
        "correct-mistake",
        "month-end-close",
        "month-end-of-clients",
        "onboard-client",
    }
    await home.save(Part.AGENTS, "month-end-close", instructions="Ours")
    await home.save(Part.SKILLS, "month-end-close/checklist.md", content="Ours")
    # All that is not there: nothing of one's own is written over.
    await home.save(Part.AGENTS, "", shipped="true")
    await home.save(Part.SKILLS, "", shipped="true")
    assert (await home.entries(Part.AGENTS, "month-end-close"))["month-end-close"].values["instructions"] == "Ours"
    await home.save(Part.AGENTS, "month-end-close", shipped="true")
    await home.save(Part.SKILLS, "month-end-close", shipped="true")
    assert await own.read(load_agents) == begun
    assert await own.read(load_skills) == skills
    with pytest.raises(InvalidInput, match="nothing is brought along"):
        await home.save(Part.AGENTS, "none", shipped="true")

    # Books from before have none, and a business of its own has no clients to take on.
    rival, alone = await another_practice(desk.one, kind=OrganizationKind.STANDARD)
    there = open_books(rival, alone, Right.CHANGE_SETTINGS)
    for part in (Part.AGENTS, Part.SKILLS):
        assert (await get_entries(rival, there, part, cursor="", limit=100)).items == ()
        await save_entry(rival, there, part, Change(code="", values={"shipped": "true"}))
        codes = {entry.code for entry in (await get_entries(rival, there, part, cursor="", limit=100)).items}
        assert codes == {agent.code for agent in begun} - {"month-end-of-clients", "onboard-client"}
