"""An architect in Germany asks for advances and takes one back; the final invoice deducts each, with the tax it bore.
Nothing is taxed twice, and the account of advances is empty at the end.
Run it: python examples/architect_with_advances.py [folder for the PDFs]
"""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import anyio
from mcp import Client, StdioServerParameters

OFFICE = "atelier-lindner-sandbox"


async def call(client: Client, tool: str, organization: str = OFFICE, **arguments: Any) -> dict[str, Any]:
    """The structured answer of a tool, for the architect's office or, without one, the practice."""
    named = {"organization": organization} if organization else {}
    result = await client.call_tool(tool, arguments | named)
    assert not result.is_error, result.content
    return dict(result.structured_content or {})


def work(what: str, net: str, **more: str) -> dict[str, Any]:
    return {"description": what, "quantity": 1, "unit": "psch", "unit_price": net, "supply": "services", **more}


async def ask_for(client: Client, line: dict[str, Any]) -> dict[str, Any]:
    """An advance invoice, before the work is done."""
    made = await call(client, "issue_invoice", customer="Bauherr Kern", lines=[line], details={"advance": "true"})
    return dict(made["invoice"])


async def main() -> None:
    with TemporaryDirectory() as data:
        server = StdioServerParameters(command=sys.executable, args=["-m", "server", "stdio", "--data", data])
        async with Client(server) as client:
            await call(client, "update_organization", "", name="Kanzlei Nord", country="DE")
            chosen = {"country": "DE", "chart_of_accounts": "skr03"}
            await call(client, "create_client_organization", "", name="Atelier Lindner", **chosen)
            await call(
                client, "save_customer", name="Bauherr Kern", address="Am Hang 3, 70192 Stuttgart", consumer=True
            )

            # Three advances are paid, one of them at another rate; a fourth is taken back.
            paid = [
                await ask_for(client, work("1. Abschlag: Leistungsphasen 1 bis 4 nach HOAI", "10000")),
                await ask_for(client, work("2. Abschlag: Leistungsphase 5", "15000")),
                await ask_for(client, work("Abschlag auf das Modell", "1000", tax_code="REDUCED")),
            ]
            assert [one["total"] for one in paid] == ["11900.00", "17850.00", "1070.00"]
            for one in paid:
                await call(client, "record_payment", invoice=one["number"], amount=one["total"])
            fourth = await ask_for(client, work("3. Abschlag: Leistungsphase 6", "5000"))
            await call(client, "issue_credit_note", invoice=fourth["number"], reason="Leistungsphase 6 entfällt")

            lines = [work("Leistungsphasen 1 bis 8 nach HOAI", "40000")]
            draft = await call(client, "draft_invoice", customer="Bauherr Kern", lines=lines, details={"deduct": "all"})
            final = (await call(client, "issue_invoice", draft=draft["draft"]))["invoice"]
            # 40,000 less 25,000 at 19 %, and less 1,000 at 7 %.
            assert (final["net_total"], final["tax_total"], final["total"]) == ("14000.00", "2780.00", "16780.00")

            # The whole price is revenue, with the tax of it once (SKR03 8400 and 1770); 1710 has the advances.
            trial = await call(client, "get_report", report="trial_balance")
            balances = {row["key"].split("/")[0]: row["amounts"]["closing"] for row in trial["rows"]}
            assert (balances["8400"], balances["1770"], balances["1710"]) == ("-40000.00", "-7600.00", "0.00"), balances
            aging = await call(client, "get_report", report="receivables_aging")
            assert [one["amounts"]["owed"] for one in aging["totals"]] == [final["total"]]

            for one in (paid[0], final):
                rendered = await call(client, "render_document", document=one["number"])
                content = Path(rendered["link"]).read_bytes()
                assert content.startswith(b"%PDF")
                for folder in sys.argv[1:]:
                    (Path(folder) / rendered["file_name"]).write_bytes(content)
            print(f"Final invoice {final['number']}: {final['total']} {final['currency']} after {len(paid)} advances")


if __name__ == "__main__":
    anyio.run(main)
