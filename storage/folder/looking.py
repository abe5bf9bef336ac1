"""An installation as the operator's diagnosis sees it, however its databases are kept."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeVar

from sqlmodel import Session

T = TypeVar("T")


class Look(Protocol):
    """Databases that somebody else may have open; each look or change is a transaction by itself."""

    def directory(self, work: Callable[[Session], T]) -> T:
        """What is read of the directory."""

    def books(self, organization_id: str, work: Callable[[Session], T]) -> T:
        """What is read of an organization's books."""

    def change_directory(self, work: Callable[[Session], T]) -> T:
        """What is changed in the directory."""

    def change_books(self, organization_id: str, work: Callable[[Session], T]) -> T:
        """What is changed in an organization's books."""

    def where(self, organization_id: str) -> str:
        """Where the books are, for the operator."""
