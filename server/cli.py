"""The command line `counterfoil`.

What a command works with is imported when it runs, here and in the other modules of the command line: so the help and
the version are there at once, and no command waits for the protocol, the printing or the web server of another.
"""

from __future__ import annotations

import gc
import logging
import os
import sys
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import anyio
import typer

from invoicing.organizations import EVERYTHING, Environment
from invoicing.refusals import Conflict, InvalidInput, KeysUnavailable, Refusal, Unavailable
from server.cli_activity import register as register_activity
from server.cli_branding import logo_app
from server.cli_credentials import connection_app, key_app, link_app, token_app
from server.cli_folder import existing
from server.cli_folder import register as register_folder
from server.cli_identity import register as register_identity
from server.cli_import import import_app
from server.cli_keeping import register as register_keeping
from server.cli_leaving import register as register_leaving
from server.cli_log import Operator, log_of
from server.cli_mandates import register as register_mandates
from server.cli_metrics import register as register_metrics
from server.cli_moving import register as register_moving
from server.cli_options import Data, Json, LinksUrl, LogFormat, with_places, without_flag_types
from server.cli_organizations import organization_app
from server.cli_settings import register as register_settings
from server.cli_summaries import register as register_summaries
from server.cli_users import user_app
from server.command_names import with_names
from server.console import complain, say, say_json, say_now
from server.settings import Settings, check_files_folder, data_option, read_settings

if TYPE_CHECKING:
    from socket import socket

    from operations.practices import FirstOrganization
    from server.http.connections import Shares

_GARBAGE = (50_000, 20, 100)
"""How many new things there may be before garbage is looked for. What is loaded stays; to look after each few hundred
of them takes a seventh of a start.
"""

app = typer.Typer(
    name="counterfoil",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


def _show_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        say(f"counterfoil {version('counterfoil')}")
        raise typer.Exit


@app.callback()
def main_options(
    _: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version and stop.")
    ] = False,
) -> None:
    """Invoicing of many organizations from an AI assistant, never mixing two of them up."""


@app.command()
def demo(
    data: Annotated[Path, typer.Option(help="An empty or new folder for the demonstration.")] = Path(
        "counterfoil-demo"
    ),
    as_json: Json = False,
) -> None:
    """Show the main job on an empty folder: a practice, three clients, an invoice for each, nothing mixed up."""
    folder = data.absolute()
    if folder.exists() and any(folder.iterdir()):
        raise Conflict(f"{folder} is not empty: the demonstration wants a new folder (--data).")
    if not as_json:
        # What it works with takes seconds to import: whoever waits is told for what.
        say_now("The demonstration: a practice and three clients, an invoice for each, and nothing mixed up.")
    from server.demo import run_demo

    anyio.run(run_demo, folder, as_json)


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
    chart_of_accounts: Annotated[
        str, typer.Option(help="standard (default) or empty; skr03, skr04 (DE), pcg (FR), pgc (ES), kmu (CH).")
    ] = "",
    public_url: Annotated[str, typer.Option(help="The URL under which the server will be reached, as for serve.")] = "",
    as_json: Json = False,
) -> None:
    """Create the practice (or a single business) and its owner in an empty data folder."""
    from operations.practices import FirstOrganization, organization_kind

    environment = Environment.SANDBOX if sandbox else Environment.LIVE
    first = FirstOrganization(
        name=name,
        country=country,
        email=email,
        kind=organization_kind(kind),
        environment=environment,
        chart_of_accounts=chart_of_accounts,
    )
    anyio.run(_init, read_settings(data, public_url), first, as_json)


@app.command()
def stdio(
    data: Data = None,
    organization: Annotated[str, typer.Option(help="Serve this organization alone (its handle).")] = "",
    user: Annotated[
        str, typer.Option(help="E-mail address of whoever acts; default: COUNTERFOIL_USER, or the owner.")
    ] = "",
    files: Annotated[
        Path | None,
        typer.Option(help="Folder from which files may be imported; default: COUNTERFOIL_FILES, or none."),
    ] = None,
    log_format: LogFormat = "",
) -> None:
    """Serve MCP on standard input and output, as the owner or the user that is named."""
    from server.observing.traces import tracing
    from server.stdio import serve_stdio

    settings = read_settings(data, user=user, files=files, log_format=log_format)
    check_files_folder(settings)
    with log_of(settings.observing.log_format, complaint_of) as operator, tracing():
        give_up = partial(_give_up, operator)
        anyio.run(partial(serve_stdio, settings, organization, tell=operator.tell, give_up=give_up))


@app.command()
def serve(
    data: Data = None,
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="The port to listen on.", min=1, max=65535)] = 8750,
    public_url: Annotated[str, typer.Option(help="The URL under which clients reach the server.")] = "",
    links_url: LinksUrl = "",
    workers: Annotated[
        int, typer.Option(help="So many processes serve, on one data folder.", min=1, max=64, show_default=True)
    ] = 1,
    accept_new_url: Annotated[
        bool, typer.Option("--accept-new-url", help="Serve at another URL than before, also where that ends something.")
    ] = False,
    log_format: LogFormat = "",
    metrics: Annotated[
        bool, typer.Option("--metrics", help="Show numbers at /metrics to whoever has the token of metrics-token.")
    ] = False,
) -> None:
    """Serve MCP over HTTP. Nothing answers without a credential."""
    settings = read_settings(data, public_url, links_url=links_url, log_format=log_format, metrics=metrics)
    with log_of(settings.observing.log_format, complaint_of) as operator:
        _serve(settings, (host, port), workers, accept_new_url, operator)


def _serve(
    settings: Settings, address: tuple[str, int], workers: int, accept_new_url: bool, operator: Operator
) -> None:
    from server.http.listening import is_loopback, url_of
    from storage.folder.migrating import migrate_all
    from views.remedies import at_terminal, told

    (host, port), root = address, existing(settings)
    if not is_loopback(host) and not settings.public_url:
        raise InvalidInput("Beyond this machine the server needs --public-url: hosts are checked.", field="public_url")
    report = migrate_all(root, _tell_nobody, address=settings.address)
    for name, reason in report.failed:
        operator.tell(f"{name}: {told(reason, at_terminal)}")
    url = url_of(settings.public_url, host=host, port=port)
    announce = partial(operator.tell, f"serving {root} on {url}/mcp, which AI clients are given; for browsers: {url}/")
    given: dict[str, Any] = {
        "keys": settings.keys,
        "address": settings.address,
        "bucket": settings.bucket,
        "host": host,
        "port": port,
        "public_url": settings.public_url,
        "links_url": settings.links_url,
        "allowance": settings.allowance,
        "limits": settings.limits.shared_by(workers),
        "accept_new_url": accept_new_url,
        "observing": settings.observing,
    }
    if workers > 1:
        _serve_in_several(root, given, announce, workers, operator)
        return
    from server.http.serving import serve as serve_http
    from server.http.serving import serve_here

    serve_here(partial(serve_http, root, **given), announce=announce)


def _serve_in_several(
    root: Path, given: Mapping[str, Any], announce: Callable[[], None], workers: int, operator: Operator
) -> None:
    from server.http.listening import listen
    from server.http.supervising import Supervisor

    with listen(given["host"], given["port"]) as listener:
        supervisor = Supervisor(
            serve=partial(_serve_among_others, root, given),
            listener=listener,
            explain=complaint_of,
            tell=operator.tell,
            count=workers,
            stop_seconds=given["allowance"].stop_seconds,
        )
        if not supervisor.run(announce):
            raise typer.Exit(1)


def _serve_among_others(
    root: Path, given: Mapping[str, Any], listener: socket, shares: Shares, announce: Callable[[], None]
) -> None:
    """What one of several processes does, which has a log of its own. Whoever watches over them loads none of it."""
    from server.http.serving import serve as serve_http
    from server.http.serving import serve_here

    with log_of(given["observing"].log_format, complaint_of):
        serve_here(partial(serve_http, root, **given), listener=listener, shares=shares, announce=announce)


app.add_typer(organization_app, name="organization")
app.add_typer(user_app, name="user")
app.add_typer(token_app, name="token")
app.add_typer(connection_app, name="connection")
app.add_typer(key_app, name="key")
app.add_typer(link_app, name="link")
app.add_typer(import_app, name="import")
app.add_typer(logo_app, name="logo")
register_settings(app)
register_activity(app)
register_summaries(app)
register_identity(app)
register_mandates(app)
register_metrics(app)
register_moving(app)
register_folder(app)
register_keeping(app)
register_leaving(app)


def command_line() -> Any:
    """All commands, as they are called."""
    return with_names(with_places(without_flag_types(typer.main.get_command(app))))


def main() -> None:
    """The console script: 0 done, 1 refused or failed with one clear line on standard error, 2 usage."""
    gc.set_threshold(*_GARBAGE)
    # A command says itself what is wrong, once and in its own words; a server sets its log up where it begins.
    logging.getLogger("counterfoil").addHandler(logging.NullHandler())
    try:
        command_line()()
    except KeyboardInterrupt:
        complain("interrupted")
    except Exception as error:
        complaint = complaint_of(error)
        if not complaint:
            raise
        complain(complaint)
    sys.exit(1)


def complaint_of(error: Exception) -> str:
    """What was refused or went wrong, in one line; empty where it is a defect."""
    from views.remedies import at_terminal, line_of

    match error:
        case ExceptionGroup(exceptions=[Exception() as only]):
            # What ends the work of a task group comes wrapped in one.
            return complaint_of(only)
        case KeysUnavailable():
            # Whoever is at the terminal is who runs the server.
            return f"{error.code}: {error.detail}"
        case Refusal():
            return line_of(error, at_terminal)
    from storage.sqlite.faults import fault_of

    fault = fault_of(error, Path(str(getattr(error, "filename", None) or "the data folder")))
    if fault is not None:
        said: Refusal = Unavailable(f"{fault.detail}. {fault.fault.advice}".rstrip(), remedy=fault.remedy)
    elif isinstance(error, OSError):
        said = Unavailable(f"{error.strerror or type(error).__name__}: {error.filename or 'the data folder'}")
    else:
        return ""
    return line_of(said, at_terminal)


async def _init(settings: Settings, first: FirstOrganization, as_json: bool) -> None:
    from invoicing.document.law_of_form import mandate_lines
    from operations import practices
    from operations.access import Office
    from operations.credentials import create_token
    from operations.identity.links import make_sign_in_link
    from operations.identity.public_url import serve_at
    from server.app import known_url, system_clock
    from storage.folder.store import open_store

    profile = practices.check_first(first)
    async with open_store(settings.data, keys=settings.keys, address=settings.address, bucket=settings.bucket) as store:
        principal, organization = await practices.start_installation(store, system_clock, first)
        office = Office(store=store, principal=principal, clock=system_clock)
        token = await create_token(office, principal.label, scopes=EVERYTHING)
        link = await make_sign_in_link(office, principal.label)
        if settings.public_url:
            # What later commands print goes with what is printed now.
            await serve_at(store, settings.public_url, accept=True)
        url = await known_url(settings, store) or settings.default_url
        sign_in_url = url + link.path
        mandates = mandate_lines(profile, on=office.now().date())
    if as_json:
        answer = {"practice": organization.handle, "owner": principal.label, "token": token.secret}
        answer |= {"sign_in_url": sign_in_url, "connection_url": f"{url}/mcp"}
        say_json({**answer, "data": str(settings.data), "mandates": list(mandates)})
        return
    say(f"Created {organization.name} ({organization.handle}, {organization.environment}) in {settings.data}.")
    say(f"Owner: {principal.label}.")
    for line in mandates:
        say(line)
    folder = data_option(settings)
    at = f" --public-url {settings.public_url}" if settings.public_url else ""
    say("To connect an AI client:")
    say(f"1. Start the server, and let it run: counterfoil serve{at}{folder}")
    say(f"2. Open this link in a browser by {link.expires_at:%H:%M} UTC, and sign in: {sign_in_url}")
    say(f"3. Paste this URL into the AI client, as a remote or custom MCP server: {url}/mcp")
    say(f"A later link: counterfoil user sign-in-link --user {principal.label}{at}{folder}")
    say(f"An AI client that starts programs itself needs no server: counterfoil stdio{folder}")
    say(f"Personal access token, for programs that call the server, shown once: {token.secret}")


def _give_up(operator: Operator, error: Exception) -> NoReturn:
    """End the process at once: standard input is being read, and a thread that reads cannot be interrupted."""
    operator.tell_end(error)
    sys.stderr.flush()
    os._exit(1)


def _tell_nobody(done: int, total: int) -> None:
    """On stdio there is nobody to watch a progress bar."""
