"""Data folders to begin with: migrated once in each process, and copied from then on."""

from __future__ import annotations

import shutil
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from storage.directory.database import DIRECTORY_FILE
from storage.folder.provisioning import ensure_directory_file, provision_books, template_file
from storage.ids import new_organization_id
from tests.support.clock import NOON


def begin_folder(root: Path) -> Path:
    """Make an empty data folder at `root` as opening it would, with the template that the first books would leave.

    A folder that has a directory is left as it is.
    """
    if not (root / DIRECTORY_FILE).exists():
        made = Path(_migrated().name)
        root.mkdir(mode=0o700, parents=True, exist_ok=True)
        template_file(root).parent.mkdir(mode=0o700, exist_ok=True)
        for file in (made / DIRECTORY_FILE, template_file(made)):
            shutil.copy2(file, root / file.relative_to(made))
    return root


@cache
def _migrated() -> TemporaryDirectory[str]:
    # It is removed when the process ends and nobody holds it any more.
    folder = TemporaryDirectory(prefix="counterfoil-tests-", ignore_cleanup_errors=True)
    root = Path(folder.name)
    ensure_directory_file(root)
    provision_books(root, new_organization_id(), now=NOON, fill=lambda _: None)
    return folder
