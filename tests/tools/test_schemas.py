"""What clients are sent of the tools is committed: a change of it shows in review, tool by tool."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.snapshots.write import BEGIN, END, FOLDER, TABLE, listed_tools, snapshot_text, tool_table, with_table
from tests.support.assistant import ERAS
from tools.catalog import CATALOG

HOW = "run `make docs` and look at the difference before committing it"


async def test_each_tool_is_as_its_snapshot_says_in_every_protocol_era(tmp_path: Path) -> None:
    listed = {era: await listed_tools(tmp_path / era, era) for era in ERAS}
    for way, tools in listed["auto"].items():
        differing = [tool.name for tool in tools if snapshot_text(tool) != _kept(way, tool.name)]
        assert not differing, f"{way}: {', '.join(differing)} differ from tests/snapshots/{way}; {HOW}"
        kept = {path.stem for path in (FOLDER / way).glob("*.json")}
        assert kept == {tool.name for tool in tools}, f"tests/snapshots/{way} holds other tools; {HOW}"
    assert listed["legacy"] == listed["auto"]


def test_the_documentation_holds_the_table_of_tools() -> None:
    text = TABLE.read_text("utf-8") if TABLE.exists() else ""
    assert BEGIN in text, f"docs/tools.md has no marker {BEGIN}: put {BEGIN} and {END} where the table of tools belongs"
    assert END in text, f"docs/tools.md has no marker {END}: put it after {BEGIN}"
    assert with_table(text) == text, f"docs/tools.md has another table of tools; {HOW}"


def test_the_table_names_every_tool_once_and_replaces_what_was_there() -> None:
    table = tool_table()
    assert [line.split("`")[1] for line in table.splitlines() if line.startswith("| `")] == [
        one.name for one in CATALOG
    ]
    once = with_table(f"# Title\n{BEGIN}\nold\n{END}\nrest\n")
    assert once == f"# Title\n{BEGIN}\n{table}\n{END}\nrest\n"
    assert with_table(once) == once


@pytest.mark.parametrize("text", ["", BEGIN, f"{END} {BEGIN}", f"{BEGIN} {END} {BEGIN}", f"{BEGIN} {END} {END}"])
def test_a_page_without_both_markers_is_left_alone(text: str) -> None:
    with pytest.raises(ValueError, match="markers"):
        with_table(text)


def _kept(way: str, name: str) -> str:
    path = FOLDER / way / f"{name}.json"
    return path.read_text("utf-8") if path.exists() else ""
