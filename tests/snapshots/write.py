"""Rewrites the generated parts: what `counterfoil stdio` lists before anything is loaded, a JSON snapshot per tool and
connection, the table of tools in docs/tools.md, that of sellers' particulars in docs/countries.md, the pages of
docs/countries/, and the names of all tools that agents may name.

`python -m tests.snapshots.write` (make docs). The tests hold both to what the server says on the wire.
"""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
from pathlib import Path
from typing import Any

from mcp_types import Tool

from invoicing.assistance import agents
from server.mcp import dedicated_server, practice_server
from tests.support import country_pages, particulars_table
from tests.support.assistant import Era, assistant
from tests.support.practice import practice
from tools.catalog import CATALOG
from tools.description import Effect, Scope
from tools.published import Published, file_of, published_text

FOLDER = Path(__file__).parent
TABLE = FOLDER.parents[1] / "docs" / "tools.md"
NAMES = Path(agents.__file__).with_name("tools.txt")
BEGIN, END = "<!-- tools -->", "<!-- /tools -->"
KEPT = ("name", "title", "description", "inputSchema", "outputSchema", "annotations")
_EFFECTS = {Effect.READS: "reads", Effect.CHANGES: "changes", Effect.COMMITS: "final"}


async def listed_tools(root: Path, era: Era = "auto") -> dict[str, list[Tool]]:
    """The tools as a client lists them, on the practice connection and on a dedicated one."""
    async with practice(root) as office:
        client = await office.client("Harbour Bakery")
        listed = {}
        for way, handle in (("practice", ""), ("dedicated", client.handle)):
            async with assistant(office.office, era, organization=handle) as chat:
                listed[way] = (await chat.client.list_tools()).tools
    return listed


def on_the_wire(tool: Tool) -> dict[str, Any]:
    """What a client is sent of a tool."""
    sent = tool.model_dump(mode="json", by_alias=True, exclude_none=True)
    return {name: sent[name] for name in KEPT if name in sent}


def snapshot_text(tool: Tool) -> str:
    return json.dumps(on_the_wire(tool), ensure_ascii=False, indent=2) + "\n"


def tool_table() -> str:
    """The table of tools, without the markers around it."""
    rows = [
        f"| `{tool.name}`{'' if tool.scope is Scope.ORGANIZATION else ' *'} | {tool.text} | {_EFFECTS[tool.effect]} |"
        for tool in CATALOG
    ]
    return "\n".join(
        [
            "| tool | what it does | effect |",
            "| --- | --- | --- |",
            *rows,
            "",
            "\\* on the practice connection only; a dedicated connection belongs to one organization.",
        ]
    )


def with_table(page: str) -> str:
    """The page with the table between its markers.

    Raises:
        ValueError: the markers are not there, once each and in this order.
    """
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end or BEGIN in rest or END in after:
        raise ValueError(f"docs/tools.md needs the markers {BEGIN} and {END}, once each, for the table of tools")
    return f"{before}{BEGIN}\n{tool_table()}\n{END}{after}"


def write_snapshots(listed: dict[str, list[Tool]]) -> None:
    """Write a file per tool, and remove those of tools that are gone."""
    for way, tools in listed.items():
        folder = FOLDER / way
        folder.mkdir(exist_ok=True)
        for stale in set(folder.glob("*.json")) - {folder / f"{tool.name}.json" for tool in tools}:
            stale.unlink()
        for tool in tools:
            (folder / f"{tool.name}.json").write_text(snapshot_text(tool), encoding="utf-8")


async def described(root: Path) -> dict[bool, Published]:
    """What the practice's server (False) and a dedicated one (True) list of themselves."""
    async with practice(root) as one:
        return {
            dedicated: Published(
                tools=tuple(await server.list_tools()), templates=tuple(await server.list_resource_templates())
            )
            for dedicated, server in (
                (False, practice_server(one.office)),
                (True, dedicated_server(one.office, one.organization)),
            )
        }


def write_published(listed: dict[bool, Published]) -> None:
    for dedicated, published in listed.items():
        file_of(dedicated=dedicated).write_text(published_text(published), encoding="utf-8")


def names_text() -> str:
    """The names of all tools, one a line."""
    return "".join(f"{name}\n" for name in sorted(tool.name for tool in CATALOG))


def main() -> None:
    NAMES.write_text(names_text(), encoding="utf-8")
    with tempfile.TemporaryDirectory() as folder:
        write_published(asyncio.run(described(Path(folder) / "published")))
        write_snapshots(asyncio.run(listed_tools(Path(folder) / "data")))
    page = particulars_table.PAGE
    page.write_text(particulars_table.with_table(page.read_text("utf-8")), encoding="utf-8")
    country_pages.write_pages()
    try:
        TABLE.write_text(with_table(TABLE.read_text("utf-8")), encoding="utf-8")
    except ValueError as error:
        sys.exit(f"The snapshots are written, but {error}.")


if __name__ == "__main__":
    main()
