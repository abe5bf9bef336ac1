"""Both databases side by side: each tool with books on a PostgreSQL server, to the same with books in files."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from benchmarks.load import Job, compare
from benchmarks.office import Office, open_office
from tests.support.servers import Server, is_installed

TOOLS = (
    "noop",
    "list_organizations",
    "find_customers",
    "find_invoices",
    "get_invoice",
    "get_organization",
    "save_customer",
    "draft_invoice",
    "issue_invoice",
)


@contextmanager
def database_server() -> Iterator[Server | None]:
    """A PostgreSQL server on this machine, with its databases on the same disk as the files; None where none is
    installed, which is said.
    """
    if not is_installed():
        print("PostgreSQL is not installed: figures of it are left out.\n")
        yield None
        return
    server = Server(durable=True)
    try:
        yield server
    finally:
        server.stop()


async def compare_databases(server: Server, *, calls: int, rounds: int) -> None:
    """Both have the same practice with one client; each tool is called on both by turns."""
    server.create("beside")
    print("Books on a PostgreSQL server to books in files, of the same server program; 8 callers")
    print(f"{'tool':22} {'throughput':>10} {'our cpu':>8} {'in files':>11} {'on a server':>12}")
    async with open_office() as files, open_office(server.url("beside")) as schemas:
        pairs = zip(await _jobs(files), await _jobs(schemas), strict=True)
        for in_files, on_server in pairs:
            figures = await compare(in_files, on_server, calls=calls, rounds=rounds)
            print(
                f"{in_files.tool:22} {figures.throughput:10.2f} {figures.cpu:8.2f}"
                f" {figures.per_second / figures.throughput:9.0f}/s {figures.per_second:10.0f}/s",
                flush=True,
            )
    print()


async def _jobs(office: Office) -> list[Job]:
    client = await office.add_client("Harbour Bakery")
    named = {"organization": client.handle}
    arguments = {
        "noop": {},
        "list_organizations": {},
        "get_invoice": {"invoice": client.invoice, **named},
        "save_customer": {"id": client.customer, "name": "Hotel Bristol", **named},
        "draft_invoice": client.document(),
        "issue_invoice": client.document(),
    }
    return [office.job(tool, arguments.get(tool, named)) for tool in TOOLS]
