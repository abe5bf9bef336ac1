"""Reading a country's file strictly: each key is taken once, by its type."""

from __future__ import annotations

from typing import Any, TypeVar

_T = TypeVar("_T")

_MAY_BE_EMPTY = ("tax_number_module", "tax_number_prefix", "tax_number_format", "reason_code")


class Table:
    """A TOML table whose keys are taken one by one; what is left when it is closed is unknown, and an error."""

    def __init__(self, where: str, values: dict[str, Any]) -> None:
        self.where = where
        self._values = dict(values)

    def take(self, key: str, kind: type[_T]) -> _T:
        value = self._values.pop(key, None)
        # Not isinstance: a TOML boolean is no number here, and a date-time is no date.
        if type(value) is not kind:
            raise ValueError(f"{self.where}: {key} is missing or not of type {kind.__name__}.")
        if value == "" and key not in _MAY_BE_EMPTY:
            raise ValueError(f"{self.where}: {key} is empty.")
        return value

    def optional(self, key: str, kind: type[_T]) -> _T | None:
        return self.take(key, kind) if key in self._values else None

    def one_of(self, key: str, options: tuple[Any, ...]) -> Any:
        return self._choice(key, self.take(key, str), options)

    def one_of_or(self, key: str, options: tuple[Any, ...], usual: Any) -> Any:
        return self.one_of(key, options) if key in self._values else usual

    def some_of(self, key: str, options: tuple[Any, ...]) -> tuple[Any, ...]:
        chosen = tuple(self._choice(key, value, options) for value in self.take(key, list))
        if len(set(chosen)) != len(chosen):
            raise ValueError(f"{self.where}: {key} names something twice.")
        return chosen

    def some_of_or(self, key: str, options: tuple[Any, ...], usual: tuple[Any, ...]) -> tuple[Any, ...]:
        return self.some_of(key, options) if key in self._values else usual

    def texts(self, key: str, *, empty: bool = False) -> tuple[str, ...]:
        values = self.take(key, list)
        if not (values or empty) or not all(isinstance(value, str) and value.strip() for value in values):
            raise ValueError(f"{self.where}: {key} must be a list of texts with at least one.")
        if len(set(values)) != len(values):
            raise ValueError(f"{self.where}: {key} names something twice.")
        return tuple(values)

    def table(self, key: str) -> Table:
        return Table(f"{self.where}, {key}", self.take(key, dict))

    def tables(self, key: str) -> list[Table]:
        entries = self.take(key, list)
        if not entries or not all(isinstance(entry, dict) for entry in entries):
            raise ValueError(f"{self.where}: {key} must be a list of tables with at least one.")
        return [Table(f"{self.where}, {key}", entry) for entry in entries]

    def tables_if_any(self, key: str) -> list[Table]:
        return self.tables(key) if key in self._values else []

    def table_if_any(self, key: str) -> Table | None:
        return self.table(key) if key in self._values else None

    def texts_by_name(self, key: str) -> dict[str, str]:
        """A table of texts; none where there is no such table."""
        values = self.take(key, dict) if key in self._values else {}
        if not all(isinstance(value, str) and value.strip() for value in values.values()):
            raise ValueError(f"{self.where}: {key} must hold texts.")
        return dict(values)

    def close(self) -> None:
        if self._values:
            raise ValueError(f"{self.where}: unknown keys {', '.join(sorted(self._values))}.")

    def _choice(self, key: str, value: object, options: tuple[Any, ...]) -> Any:
        for option in options:
            if option == value:
                return option
        raise ValueError(f"{self.where}: {key} must be one of {', '.join(map(str, options))}.")
