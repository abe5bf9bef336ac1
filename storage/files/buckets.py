"""The bucket of an object store that keeps an installation's files: what its URL says, and what it does not.

The URL names bucket and folder alone. Where the store is and who may use it, `AWS_ENDPOINT_URL`, `AWS_REGION`,
`AWS_ACCESS_KEY_ID` and the others say that programs of this kind read: no key is in a setting, a log or an error.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from invoicing.refusals import InvalidInput

FIELD = "files_url"
BUCKET_FILE = "files-bucket"
"""In a data folder, names the bucket of its files, and no key."""
_NAME = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_FOLDER = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}")


@dataclass(frozen=True, slots=True)
class Bucket:
    """A bucket, and the folder in it that is the installation's; empty for all of it."""

    name: str
    folder: str = ""

    def __str__(self) -> str:
        return f"s3://{self.name}/{self.folder}".rstrip("/")


def bucket_of(url: str) -> Bucket:
    """The bucket that a URL names.

    Raises:
        InvalidInput: it names none, or says more. It is not repeated: that may be a key.
    """
    try:
        parts = urlsplit(url)
    except ValueError:
        raise _no_bucket() from None
    if parts.username is not None or "@" in parts.netloc:
        raise InvalidInput(
            "The files URL must not hold a key: that is read from AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or from"
            " where the machine has it.",
            field=FIELD,
        )
    folders = [one for one in parts.path.strip("/").split("/") if one]
    plain = "?" not in url and "#" not in url and "//" not in parts.path
    if (
        parts.scheme != "s3"
        or _NAME.fullmatch(parts.netloc) is None
        or not all(map(_FOLDER.fullmatch, folders))
        or not plain
    ):
        raise _no_bucket()
    return Bucket(parts.netloc, "/".join(folders))


def _no_bucket() -> InvalidInput:
    return InvalidInput(
        "The files URL must be of the form s3://bucket or s3://bucket/folder, the folder of letters, digits, . _ and -;"
        " where the store is, AWS_ENDPOINT_URL says.",
        field=FIELD,
    )
