"""Options that several commands share, and how the help shows flags."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from invoicing.refusals import InvalidInput
from server.settings import name_database, name_files

Data = Annotated[Path | None, typer.Option(help="Data folder; default: COUNTERFOIL_DATA, or the platform's own.")]
Json = Annotated[bool, typer.Option("--json", help="Print data instead of text.")]
Organization = Annotated[
    str, typer.Option(help="Handle of the organization, as counterfoil organization list shows it.")
]
LogFormat = Annotated[
    str,
    typer.Option("--log-format", help="plain (default), or json: each event an object on a line of standard error."),
]
SignedBy = Annotated[
    str, typer.Option(help="The name of the key that has signed it, where that is not known on this machine.")
]
PublicUrl = Annotated[str, typer.Option(help="The URL under which the server is reached, as for serve.")]
LinksUrl = Annotated[
    str, typer.Option(help="The URL that secret links begin with, where no sign-in is found; see docs/connecting.md.")
]


def days(text: str) -> int:
    """A number of days, in the form that numbers have everywhere here."""
    from invoicing.money.amounts import parse_whole

    try:
        number = parse_whole(text, field="the number")
    except InvalidInput as refusal:
        raise typer.BadParameter(refusal.message) from None
    if number < 0:
        raise typer.BadParameter("the number must be 0 or more.")
    return number


def command_group(text: str) -> typer.Typer:
    """A group of commands, which shows its help where none of them is named."""
    return typer.Typer(help=text, no_args_is_help=True)


def without_flag_types(command: Any) -> Any:
    """The command, in whose help a flag no longer looks as if it took a value (`--json <bool>`)."""
    for parameter in command.get_params(typer.Context(command)):
        if getattr(parameter, "is_flag", False):
            parameter.metavar = ""
    for subcommand in getattr(command, "commands", {}).values():
        without_flag_types(subcommand)
    return command


def with_places(command: Any) -> Any:
    """The command, which takes `--database-url` and `--files-url` wherever it takes `--data`. Not the demonstration: it
    makes a folder of its own with all that it needs.
    """
    _with_options(command, typer.main.get_command(_named).params)
    return command


_named = typer.Typer(add_completion=False)


@_named.command()
def _name(
    database_url: Annotated[
        str,
        typer.Option(
            help="PostgreSQL database of all books; default: COUNTERFOIL_DATABASE_URL, or files in the folder.",
            show_default=False,
            callback=name_database,
            expose_value=False,
            is_eager=True,
        ),
    ] = "",
    files_url: Annotated[
        str,
        typer.Option(
            help="Bucket of all files, s3://NAME/FOLDER; default: COUNTERFOIL_FILES_URL, or the data folder.",
            show_default=False,
            callback=name_files,
            expose_value=False,
            is_eager=True,
        ),
    ] = "",
) -> None:
    """Hold the options, as typer makes them."""


def _with_options(command: Any, options: list[Any]) -> None:
    for subcommand in getattr(command, "commands", {}).values():
        _with_options(subcommand, options)
    if command.name != "demo" and any(parameter.name == "data" for parameter in command.params):
        command.params += options
