"""The command line `counterfoil`."""

from __future__ import annotations

import sys
from dataclasses import asdict
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import anyio
import typer

from invoicing.documents import Environment
from invoicing.refusals import InvalidInput, NotFound, Refusal
from operations import practices
from operations.access import Office, Right, open_books
from operations.credentials import create_token
from operations.practices import FirstOrganization
from operations.verification import Verified, verify_books
from server.app import find_organization, local_office, local_server, system_clock
from server.cli_branding import logo_app
from server.cli_credentials import key_app, link_app, token_app
from server.cli_import import import_app
from server.cli_settings import register as register_settings
from server.console import complain, progress, say, say_json
from server.demo import run_demo
from server.http.serving import is_loopback
from server.http.serving import serve as serve_http
from server.settings import Settings, read_settings
from storage import organizations
from storage.backup import back_up, restore
from storage.diagnosis import clean_up, diagnose
from storage.engines import DamagedStore
from storage.migrating import migrate_all
from storage.store import exists, open_store

app = typer.Typer(
    name="counterfoil",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.add_typer(token_app, name="token")
app.add_typer(key_app, name="key")
app.add_typer(link_app, name="link")
app.add_typer(logo_app, name="logo")
register_settings(app)
app.add_typer(import_app, name="import")


def _show_version(wanted: bool) -> None:
    if wanted:
        say(f"counterfoil {version('counterfoil')}")
        raise typer.Exit


@app.callback()
def main_options(
    _: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version and stop.")
    ] = False,
) -> None:
    """Invoicing of many organizations from an AI assistant, never mixing two of them up."""


Data = Annotated[Path | None, typer.Option(help="Data folder; default: COUNTERFOIL_DATA, or the platform's own.")]
Json = Annotated[bool, typer.Option("--json", help="Print data instead of text.")]


@app.command()
def demo(
    data: Annotated[Path, typer.Option(help="An empty or new folder for the demonstration.")] = Path(
        "counterfoil-demo"
    ),
    as_json: Json = False,
) -> None:
    """Show the main job on an empty folder: a practice, three clients, an invoice for each, nothing mixed up."""
    anyio.run(run_demo, data.absolute(), as_json)


@app.command()
def init(
    name: Annotated[str, typer.Option(help="Name of the practice or business.")],
    country: Annotated[str, typer.Option(help="Two-letter country code.")],
    email: Annotated[str, typer.Option(help="The owner's e-mail address.")],
    data: Data = None,
    kind: Annotated[
        str, typer.Option(help="partner: a practice with clients; standard: a single business.")
    ] = "partner",
    sandbox: Annotated[
        bool, typer.Option("--sandbox", help="To try things out: documents are marked as tests.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Create the practice (or a single business) and its owner in an empty data folder."""
    environment = Environment.SANDBOX if sandbox else Environment.LIVE
    first = FirstOrganization(name=name, country=country, email=email, kind=kind, environment=environment)
    anyio.run(_init, read_settings(data), first, as_json)


@app.command()
def stdio(
    data: Data = None,
    organization: Annotated[str, typer.Option(help="Serve this organization alone (its handle).")] = "",
) -> None:
    """Serve MCP on standard input and output, as the local owner."""
    anyio.run(_stdio, read_settings(data), organization)


@app.command()
def serve(
    data: Data = None,
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="The port to listen on.", min=1, max=65535)] = 8750,
    public_url: Annotated[str, typer.Option(help="The URL under which clients reach the server.")] = "",
) -> None:
    """Serve MCP over HTTP. Nothing answers without a credential."""
    settings = read_settings(data, public_url)
    root = _existing(settings)
    if not is_loopback(host) and not settings.public_url:
        raise InvalidInput("Beyond this machine the server needs --public-url: hosts are checked.", field="public_url")
    report = migrate_all(root, _tell_nobody)
    for name, reason in report.failed:
        complain(f"{name}: {reason}")
    announce = partial(complain, f"serving {root} on http://{host}:{port}/mcp")
    anyio.run(partial(serve_http, root, host=host, port=port, public_url=settings.public_url, announce=announce))


@app.command()
def verify(
    data: Data = None,
    organization: Annotated[str, typer.Option(help="Only this organization (its handle).")] = "",
    as_json: Json = False,
) -> None:
    """Check every document, number series and hash chain; name the first that is wrong."""
    anyio.run(_verify, read_settings(data), organization, as_json)


@app.command()
def backup(
    folder: Annotated[Path, typer.Argument(help="A new or empty folder for the backup.")], data: Data = None
) -> None:
    """Copy the whole data folder, also while it is in use."""
    root = _existing(read_settings(data))
    with progress("Backing up") as tell:
        report = back_up(root, folder.absolute(), now=system_clock(), progress=tell)
    say(f"Backed up {report.organizations} organizations, {report.files} files, to {folder.absolute()}.")
    say(f"SHA-256 of its manifest: {report.manifest_sha256}")
    _complain_of(report.damaged)


@app.command("restore")
def restore_command(folder: Annotated[Path, typer.Argument(help="A backup.")], data: Data = None) -> None:
    """Lay a backup down as a new data folder, after checking every file of it."""
    settings = read_settings(data)
    with progress("Restoring") as tell:
        report = restore(folder.absolute(), settings.data, progress=tell)
    say(f"Restored {report.organizations} organizations, {report.files} files, to {settings.data}.")
    _complain_of(report.damaged)


@app.command()
def migrate(data: Data = None) -> None:
    """Bring the directory and every organization's books to this version's schema."""
    root = _existing(read_settings(data))
    with progress("Migrating") as tell:
        report = migrate_all(root, tell)
    say(f"Migrated {len(report.migrated)} files; {report.current} were current.")
    for name, reason in report.failed:
        complain(f"{name}: {reason}")
    if report.failed:
        raise typer.Exit(1)


@app.command()
def doctor(
    data: Data = None,
    clean: Annotated[bool, typer.Option("--clean", help="Remove what interrupted work left behind.")] = False,
    as_json: Json = False,
) -> None:
    """Look for what is wrong with the data folder, and say what to do."""
    root = _existing(read_settings(data))
    removed = clean_up(root) if clean else 0
    findings = diagnose(root)
    if as_json:
        say_json({"removed": removed, "findings": [asdict(finding) for finding in findings]})
    else:
        for finding in findings:
            say(f"{finding.severity}: {finding.subject}: {finding.message}")
        if clean:
            say(f"Removed {removed} leftovers.")
        if not findings:
            say("Everything is in order.")
    if errors := sum(finding.severity == "error" for finding in findings):
        complain(f"{errors} errors in {root}; see above")
        raise typer.Exit(1)


def main() -> None:
    """The console script: 0 done, 1 refused or failed with one clear line on standard error, 2 usage."""
    try:
        app()
    except Refusal as refusal:
        complain(f"{refusal.code}: {refusal.message}")
    except DamagedStore as damage:
        complain(f"unavailable: {damage}. Run counterfoil doctor.")
    except OSError as error:
        complain(f"unavailable: {error.strerror or type(error).__name__}: {error.filename or 'the data folder'}")
    except KeyboardInterrupt:
        complain("interrupted")
    sys.exit(1)


async def _init(settings: Settings, first: FirstOrganization, as_json: bool) -> None:
    practices.check_first(first)
    async with open_store(settings.data) as store:
        principal, organization = await practices.start_installation(store, system_clock, first)
        office = Office(store=store, principal=principal, clock=system_clock)
        token = await create_token(office, principal.label, read_only=False)
    if as_json:
        # The sign-in link comes with the dashboard; its name is kept free for it.
        answer = {"practice": organization.handle, "owner": principal.label, "token": token.secret, "sign_in_url": None}
        say_json({**answer, "data": str(settings.data)})
        return
    say(f"Created {organization.name} ({organization.handle}, {organization.environment}) in {settings.data}.")
    say(f"Owner: {principal.label}.")
    say(f"Personal access token for counterfoil serve, shown once: {token.secret}")
    say(f"Connect an AI client with the command: counterfoil stdio --data {settings.data}")


async def _stdio(settings: Settings, organization: str) -> None:
    if exists(settings.data):
        report = await anyio.to_thread.run_sync(migrate_all, settings.data, _tell_nobody)
        for name, reason in report.failed:
            complain(f"{name}: {reason}")
    async with local_office(settings, begin=True) as office:
        server = await local_server(office, organization)
        await server.run_stdio_async()


def _tell_nobody(done: int, total: int) -> None:
    """On stdio there is nobody to watch a progress bar."""


async def _verify(settings: Settings, organization: str, as_json: bool) -> None:
    _existing(settings)
    async with local_office(settings) as office:
        handles = [organization] if organization else await _all_handles(office)
        with progress("Verifying") as tell:
            found = []
            for done, handle in enumerate(handles, start=1):
                found.append(await _verify_one(office, handle))
                tell(done, len(handles))
    wrong = next((one for one in found if one.problem), None)
    if as_json:
        say_json({"ok": wrong is None, "organizations": [asdict(one) for one in found]})
    else:
        for one in found:
            state = one.problem or "in order"
            say(f"{one.handle}: {one.documents} documents, {one.files} files, {one.audit_entries} acts: {state}")
    if wrong is not None:
        complain(f"{wrong.handle}: {wrong.problem}")
        raise typer.Exit(1)


async def _verify_one(office: Office, handle: str) -> Verified:
    organization = await find_organization(office, handle)
    try:
        return await verify_books(open_books(office, organization, Right.READ))
    except DamagedStore as damage:
        return Verified(handle=handle, documents=0, files=0, audit_entries=0, problem=str(damage))


async def _all_handles(office: Office) -> list[str]:
    rows = await office.store.directory.read(organizations.all_ids)
    return [handle for _, handle in rows]


def _existing(settings: Settings) -> Path:
    if not exists(settings.data):
        raise NotFound(f"There is no Counterfoil data folder at {settings.data} yet: run counterfoil init.")
    return settings.data


def _complain_of(damaged: tuple[str, ...]) -> None:
    """Files on record that were missing or changed do not stop a backup, but are never passed over in silence."""
    for name in damaged:
        complain(f"damaged, and not in the backup: {name}")
    if damaged:
        raise typer.Exit(1)
