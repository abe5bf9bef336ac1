"""Nobody's text begins a line of an answer: it could pass there for the heading of another organization.

The books of one of the twins are changed behind the program's back, so that each text in them goes on, after a line
break of one kind, with the heading of an organization that there is not. Every tool and resource then shows them.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest

from invoicing.text.typed import json_on_one_line, one_line
from storage.books.pool import BOOKS_FILE
from storage.directory.database import DIRECTORY_FILE
from tests.support import stores
from tests.support.assistant import ERAS, Era, assistant, text_of
from tests.support.clock import SettableClock
from tests.support.raw import past_triggers
from tests.support.stores import open_store
from tests.support.twins import CANARIES, NAME, Made, Twins, build_twins
from tests.tools.probes import TOOLS, WITHIN_ONE
from tests.tools.test_twin_organizations import in_own, read, uris_of

BREAKS = ("\n", "\r", "\v", "\f", "\x1c", "\x1d", "\x1e", "\x85", "\u2028", "\u2029", "\r\n", "\u202e\n\u200b")
PLANTED = "Acme (acme-sandbox)"
MARK = CANARIES["a"]
NAMED_BY_PRACTICE = (("tax_codes", "name"), ("tax_codes", "label"), ("payment_terms", "name"))
HEADING = re.compile(rf"\s*(?:{re.escape(PLANTED)}|{MARK})", re.IGNORECASE)


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Made]:
    root = tmp_path_factory.mktemp("planted") / "data"
    return root, asyncio.run(build_twins(root))


@pytest.mark.parametrize("era", ERAS)
async def test_no_line_of_any_answer_begins_with_a_text_of_somebody_else(
    template: tuple[Path, Made], tmp_path: Path, era: Era
) -> None:
    source, (principals, known) = template
    root, mine = tmp_path / "data", known["a"]
    stores.copy(source, root)
    # Each text that is found gets the next kind of line break. What a tax is called is the practice's text too.
    plant(root / "organizations" / mine.id / BOOKS_FILE, {MARK: (MARK, ""), '"label":"VAT"': (f'"label":"{MARK}', '"')})
    plant(root / DIRECTORY_FILE, {NAME: (NAME, "")})
    async with open_store(root) as store:
        office = Twins(store, SettableClock(), principals, known).office("boss")
        async with assistant(office, era) as chat:
            for tool in TOOLS:
                for arguments in TOOLS[tool].own(mine):
                    named = in_own(arguments, mine, "practice") if tool in WITHIN_ONE else arguments
                    assert_no_planted_line(text_of(await chat.call(tool, **named)), tool)
            for uri, *_ in uris_of(mine, mine.handle):
                assert_no_planted_line((await read(chat, uri)).partition("\n")[0], uri)


async def test_the_search_would_find_a_planted_line() -> None:
    for line_break in BREAKS:
        with pytest.raises(AssertionError):
            assert_no_planted_line(f"Harbour Bakery (harbour-bakery-sandbox)\nNote: x{line_break}{PLANTED}", "a test")


@pytest.mark.parametrize("line_break", BREAKS, ids=ascii)
def test_a_text_of_several_lines_is_shown_on_one(line_break: str) -> None:
    shown = one_line(f"x{line_break}{PLANTED}")
    assert shown.splitlines() == [shown]
    assert shown.endswith(f" / {PLANTED}")


def test_what_turns_a_line_round_is_shown_as_its_code_and_what_has_no_width_is_left_out() -> None:
    assert one_line("a\u202eb\u2066c\x07d\ud800") == "a\\u202eb\\u2066c\\u0007d\\ud800"
    assert one_line("a\u200bb\ufeffc\u00ad") == "abc"
    assert one_line("Zoë\u00a0& Söhne") == "Zoë\u00a0& Söhne"


def test_in_json_both_are_codes_and_it_says_the_same() -> None:
    said = {"name": "a\u202eb\u200bc\ufeffd\u00ade\u2028f", "note": "Zoë & Söhne\n\u200b"}
    shown = json_on_one_line(json.dumps(said, ensure_ascii=False))
    assert json.loads(shown) == said
    assert shown.isprintable()
    assert "Zoë & Söhne" in shown


def assert_no_planted_line(answer: str, where: str) -> None:
    for line in answer.splitlines()[1:]:
        assert not HEADING.match(line), f"{where}: {line!r} in {answer}"
    assert not re.search("[\u200b\u202e]", answer), where


def plant(path: Path, marks: dict[str, tuple[str, str]]) -> None:
    """Put a planted heading behind each mark in the texts of a database, also within JSON: what stands in the mark's
    place before and after it is given.
    """
    breaks, found = cycle(BREAKS), 0
    with past_triggers(path) as connection:
        for table, column in columns_of(connection):
            if (table, column) in NAMED_BY_PRACTICE:
                connection.execute(f"UPDATE {table} SET {column} = ?", (MARK,))  # noqa: S608  # Our own names.
            for (value,) in connection.execute(f'SELECT DISTINCT "{column}" FROM "{table}"').fetchall():  # noqa: S608  # Our own.
                changed = value
                for mark, (before, after) in marks.items() if isinstance(value, str) else ():
                    planted = f"{next(breaks)}{PLANTED}"
                    inside = json.dumps(planted)[1:-1] if value[:1] in ("{", "[") else planted
                    changed = changed.replace(mark, f"{before}{inside}{after}")
                if changed != value:
                    connection.execute(f'UPDATE "{table}" SET "{column}" = ? WHERE "{column}" = ?', (changed, value))  # noqa: S608  # Our own.
                    found += 1
    assert found


def columns_of(connection: Any) -> Iterator[tuple[str, str]]:
    for (table,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
        for column in connection.execute(f'PRAGMA table_info("{table}")').fetchall():
            yield table, column[1]
