"""The schemas of a server as a place that an installation moves away from, or to."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any, TypeVar

from sqlmodel import Session

from invoicing.refusals import Conflict
from storage.database import Mode
from storage.postgres.addresses import Address
from storage.postgres.database import as_checked
from storage.postgres.engines import run_apart, transact_once
from storage.postgres.faults import server_faults_told
from storage.postgres.schemas import Schemas
from storage.postgres.scopes import Scope, books_scope, directory_scope

T = TypeVar("T")


class ServerPlace:
    """The schemas of an installation on the server at `address`."""

    def __init__(self, address: Address) -> None:
        self._address = address
        self._schemas = Schemas(address)

    @property
    def name(self) -> str:
        return str(self._address)

    def settle(self, organization_id: str) -> None:
        self._transact(organization_id, Mode.WRITE, lambda session: None)

    def read(self, organization_id: str, work: Callable[[Session], T]) -> T:
        return self._transact(organization_id, Mode.READ, work)

    def check_free(self) -> None:
        self._run(self._schemas.check_login)
        if self._run(self._schemas.is_in_use):
            raise Conflict(f"There is an installation on {self._address} already: name an empty database.")

    def make(self, organization_id: str, fill: Callable[[Session], T]) -> T:
        if organization_id:
            return self._run(partial(self._schemas.lay_out, organization_id, fill))
        self._run(self._schemas.ensure_directory)
        return self._run(partial(self._schemas.fill_directory, fill))

    def discard(self, organization_id: str) -> None:
        if organization_id:
            self._run(partial(self._schemas.discard, organization_id))
        else:
            self._run(self._schemas.discard_directory)

    def clear(self) -> None:
        self._run(self._schemas.discard_templates)

    def leave(self, to: str, aside: str) -> None:
        self._run(partial(self._schemas.leave, to or "files"))

    def arrive(self) -> None:
        """Whoever names the server finds it there."""

    def _transact(self, organization_id: str, mode: Mode, work: Callable[[Session], T]) -> T:
        scope = books_scope(organization_id) if organization_id else directory_scope()
        return self._run(partial(self._on_its_own, scope, mode, work))

    async def _on_its_own(self, scope: Scope, mode: Mode, work: Callable[[Session], T]) -> T:
        where = f"schema {scope.schema} in {self._address}"
        return await transact_once(self._address.url, scope, mode, as_checked(scope, where, work))

    def _run(self, act: Callable[[], Coroutine[Any, Any, T]]) -> T:
        with server_faults_told(str(self._address)):
            return run_apart(act)
