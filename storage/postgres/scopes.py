"""What one transaction can reach on a server: the names of schemas and roles, and the lock of whoever writes.

Names are made of an organization's UUID and never of anybody's text.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from storage.file_kinds import FileKind

DIRECTORY = "counterfoil_directory"
OWNER = "counterfoil_owner"
"""The role that schemas belong to. Roles are of a whole server, which is one installation's."""
_BOOKS = "counterfoil_books_"
_ASIDE = "counterfoil_aside_"
_TEMPLATE = "counterfoil_template_"
_SIGNED_64 = 1 << 63


@dataclass(frozen=True, slots=True)
class Scope:
    """One database of ours on a server: the schema that it is, the role that may use it and nothing else, and the key
    of the lock that a writing transaction holds from its begin on.
    """

    kind: FileKind
    schema: str
    role: str
    lock: int
    organization_id: str = ""

    @property
    def search_path(self) -> str:
        """Where tables are looked for: here, and in no schema of temporary tables before."""
        return f'"{self.schema}", pg_temp'


def directory_scope() -> Scope:
    """The scope of the directory."""
    return Scope(FileKind.DIRECTORY, DIRECTORY, DIRECTORY, lock=FileKind.DIRECTORY.value)


def books_scope(organization_id: str) -> Scope:
    """The scope of an organization's books: schema and role have one name."""
    of = UUID(organization_id)
    name = f"{_BOOKS}{of.hex}"
    return Scope(FileKind.BOOKS, name, name, lock=(of.int >> 64) % _SIGNED_64, organization_id=organization_id)


def template_scope(schema_version: int) -> Scope:
    """The schema that new books of this version are copied from, which its owner alone uses."""
    return Scope(FileKind.BOOKS, f"{_TEMPLATE}{schema_version:04d}", OWNER, lock=FileKind.BOOKS.value)


def aside_schema(organization_id: str, now: datetime) -> str:
    """The name of a schema in which books that were replaced are kept: as long as a name may be."""
    return f"{_ASIDE}{UUID(organization_id).hex}_{now:%Y%m%d}{uuid4().hex[:4]}"


def is_aside_of(schema: str, organization_id: str) -> bool:
    """Whether a schema of this name holds books of that organization which were replaced."""
    return schema.startswith(f"{_ASIDE}{UUID(organization_id).hex}_")


def is_template(schema: str) -> bool:
    """Whether new books are copied from a schema of this name, or were, in an earlier version."""
    return schema.startswith(_TEMPLATE)


def is_of_books(schema: str) -> bool:
    """Whether a schema of this name is an organization's books."""
    return schema.startswith(_BOOKS)
