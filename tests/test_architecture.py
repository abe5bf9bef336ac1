"""The layers hold: imports run one way, and only the engine layer opens databases and ends transactions."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer

from server.cli import app
from tools.catalog import CATALOG

ROOT = Path(__file__).parent.parent
LAYERS = ("server", "tools", "views", "operations", "storage", "invoicing")
MAY_IMPORT = {
    "server": {"server", "tools", "views", "operations", "storage", "invoicing"},
    "tools": {"tools", "views", "operations", "storage", "invoicing"},
    "views": {"views", "operations", "storage", "invoicing"},
    "operations": {"operations", "storage", "invoicing"},
    "storage": {"storage", "invoicing"},
    "invoicing": {"invoicing"},
}
SERVER_ENGINES = "storage/postgres/engines.py"
ENGINE_LAYER = ("storage/sqlite/", "storage/folder/first_look.py", SERVER_ENGINES)
# Alembic's own entry runs on the connection that the engine layer handed over.
MIGRATIONS = "storage/migrations/"


def sources(layer: str) -> Iterator[Path]:
    yield from (ROOT / layer).rglob("*.py")


def imported(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module


def called_names(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            match node.func:
                case ast.Attribute(attr=name) | ast.Name(id=name):
                    yield name


def texts(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


@pytest.mark.parametrize("layer", LAYERS)
def test_imports_run_one_way(layer: str) -> None:
    for path in sources(layer):
        for module in imported(ast.parse(path.read_text("utf-8"))):
            top = module.partition(".")[0]
            assert top not in LAYERS or top in MAY_IMPORT[layer], f"{path.relative_to(ROOT)} imports {module}"


@pytest.mark.parametrize("layer", LAYERS)
def test_only_the_engine_layer_opens_databases_and_ends_transactions(layer: str) -> None:
    forbidden = {"create_engine", "create_async_engine", "commit", "rollback"}
    for path in sources(layer):
        name = path.relative_to(ROOT).as_posix()
        if name.startswith(ENGINE_LAYER):
            continue
        tree = ast.parse(path.read_text("utf-8"))
        assert not forbidden & set(called_names(tree)), f"{name} reaches past the engine layer"
        assert "sqlite3" not in set(imported(tree)), f"{name} opens SQLite itself"
        for text in texts(tree):
            words = text.upper().split()
            assert "ATTACH" not in words, f"{name} attaches a database"
            assert "SEARCH_PATH" not in text.upper(), f"{name} sets a search path"


@pytest.mark.parametrize("layer", LAYERS)
def test_only_the_engine_layer_takes_a_role_or_changes_where_tables_are_looked_for(layer: str) -> None:
    takes = re.compile(
        r"\b(RE)?SET\s+(LOCAL\s+|SESSION\s+)?(ROLE|SESSION)|set_config|SET\s+(LOCAL\s+)?search_path", re.I
    )
    for path in sources(layer):
        name = path.relative_to(ROOT).as_posix()
        if name != SERVER_ENGINES:
            found = [text for text in texts(ast.parse(path.read_text("utf-8"))) if takes.search(text)]
            assert not found, f"{name} takes a role itself: {found}"


def test_the_rules_have_no_clock_no_database_and_no_async() -> None:
    forbidden = {"sqlalchemy", "sqlmodel", "asyncio", "anyio", "logging", "time", "random", "secrets", "os"}
    for path in sources("invoicing"):
        tree = ast.parse(path.read_text("utf-8"))
        tops = {module.partition(".")[0] for module in imported(tree)}
        assert not forbidden & tops, f"{path.relative_to(ROOT)} imports {forbidden & tops}"
        assert not any(isinstance(node, ast.AsyncFunctionDef) for node in ast.walk(tree)), path
        assert not {"now", "today", "utcnow"} & set(called_names(tree)), f"{path} looks at a clock"


def test_what_happens_does_not_know_over_which_wire_it_was_asked_for() -> None:
    for path in sources("operations"):
        words = path.read_text("utf-8").lower()
        assert not [word for word in ("http", "asgi", "starlette") if word in words], path


@pytest.mark.parametrize("layer", LAYERS)
def test_money_never_touches_a_float(layer: str) -> None:
    """Only drawing (points on paper) and spreadsheet cells, where they are exact, may be floats."""
    allowed = ("invoicing/render/", "invoicing/exports/workbook.py", "invoicing/money/amounts.py")
    for path in sources(layer):
        name = path.relative_to(ROOT).as_posix()
        if name.startswith(allowed):
            continue
        tree = ast.parse(path.read_text("utf-8"))
        assert "float" not in set(called_names(tree)), f"{name} makes a float"
        for node in ast.walk(tree):
            assert not (isinstance(node, ast.Constant) and isinstance(node.value, float)), f"{name} holds a float"


@pytest.mark.parametrize("layer", LAYERS)
def test_files_are_short_and_functions_shorter(layer: str) -> None:
    for path in sources(layer):
        text = path.read_text("utf-8")
        name = path.relative_to(ROOT).as_posix()
        assert len(text.splitlines()) <= 400, f"{name} has over 400 lines"
        if name.startswith(MIGRATIONS):
            continue
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or 0) - node.lineno + 1
                assert length <= 70, f"{name}: {node.name} has {length} lines"


def test_books_come_first_and_are_called_books() -> None:
    for path in sources("operations"):
        for node in ast.parse(path.read_text("utf-8")).body:
            if not isinstance(node, ast.AsyncFunctionDef) or node.name.startswith("_"):
                continue
            arguments = [argument.arg for argument in node.args.args]
            assert arguments[:1] in (["books"], ["office"], ["caller"], ["store"], ["pool"]), (
                f"{path.name}: {node.name}"
            )


def test_views_know_neither_protocol_nor_terminal() -> None:
    for path in sources("views"):
        tops = {module.partition(".")[0] for module in imported(ast.parse(path.read_text("utf-8")))}
        assert not tops & {"mcp", "mcp_types", "typer", "rich", "starlette"}, path.relative_to(ROOT)


def test_what_is_shown_never_changes() -> None:
    for path in sources("views"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ClassDef) and path.name != "base.py":
                bases = {base.id for base in node.bases if isinstance(base, ast.Name)}
                assert "BaseModel" not in bases, f"{path.relative_to(ROOT)}: {node.name} is not frozen"


def _docstrings(tree: ast.AST) -> Iterator[ast.AST]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            yield node.value


def _told(tree: ast.AST) -> Iterator[str]:
    """The texts of a module that somebody may be told: its docstrings are for its readers."""
    documentation = set(_docstrings(tree))
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in documentation:
            yield node.value


def _commands() -> Iterator[str]:
    """Every command as one types it, after the program's name too."""
    groups = typer.main.get_command(app)
    for name, command in getattr(groups, "commands", {}).items():
        yield f"counterfoil {name}"
        yield from (f"{name} {below}" for below in getattr(command, "commands", {}))


@pytest.mark.parametrize("layer", ["operations", "storage", "invoicing"])
def test_no_text_below_the_views_names_a_tool_or_a_command(layer: str) -> None:
    """What mends a thing is a remedy there, which an assistant, a terminal and a page each word in their own way."""
    tools = {tool.name for tool in CATALOG}
    named = re.compile("|".join(rf"\b{re.escape(name)}\b" for name in [*tools, *_commands()]))
    for path in sources(layer):
        for text in _told(ast.parse(path.read_text("utf-8"))):
            assert not re.search(r"(?<![\w-])--[a-z]", text), f"{path.relative_to(ROOT)}: {text}"
            # On record an act is called what its tool was called first: that is a name, and no text.
            assert text in tools or not named.search(text), f"{path.relative_to(ROOT)}: {text}"


@pytest.mark.parametrize("layer", LAYERS)
def test_every_docstring_begins_with_what_it_is_about(layer: str) -> None:
    described = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    for path in sources(layer):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            text = ast.get_docstring(node) if isinstance(node, described) else None
            assert not (text or "").startswith("Raises:"), f"{path.relative_to(ROOT)}: {getattr(node, 'name', '')}"


@pytest.mark.parametrize("layer", LAYERS)
def test_what_is_logged_has_constant_words(layer: str) -> None:
    """The log as data shows the words of a record as they stand in the code, and what was put into them hardly ever."""
    kinds = {"debug", "info", "warning", "error", "exception", "critical"}
    for path in sources(layer):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            match node:
                case ast.Call(func=ast.Attribute(value=ast.Name(id="_log" | "TOLD"), attr=kind), args=[words, *_]):
                    is_constant = isinstance(words, ast.Constant)
                    assert kind not in kinds or is_constant, f"{path.relative_to(ROOT)}:{node.lineno}"
