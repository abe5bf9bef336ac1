"""Receipts: what an installation that took books over signs, for whoever handed them over."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import AwareDatetime, BaseModel, Field, ValidationError

from invoicing.document.canonical import canonical_json
from invoicing.refusals import InvalidInput
from storage.folder.heads import Head
from storage.folder.signing import FROZEN, Signature, SigningKeys
from storage.plain_files import open_plain_file, sync_folder

SIGNED_AS: Final = "receipt"
_BYTES_MAX = 65_536


class Receipt(BaseModel):
    """That the books which ended with this head were verified and are kept by an installation from now on."""

    model_config = FROZEN

    format: Literal["counterfoil-receipt-1"] = "counterfoil-receipt-1"
    installation: Annotated[str, Field(pattern="^[0-9a-f]{16}$")]
    at: AwareDatetime
    head: Head


def write_receipt(path: Path, receipt: Receipt, keys: SigningKeys) -> Signature:
    """Write a receipt in the place of what is there, which is one of the same books or nothing."""
    plain = receipt.model_dump(mode="json")
    signature = keys.sign(canonical_json(plain).encode(), purpose=SIGNED_AS, now=receipt.at)
    text = json.dumps({"receipt": plain, "signature": signature.model_dump(mode="json")}, indent=1) + "\n"
    made = path.with_name(f".{path.name}.new")
    with made.open("w", encoding="utf-8") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())
    os.replace(made, path)
    sync_folder(path.parent)
    return signature


def read_receipt(path: Path, *, keys: SigningKeys, signed_by: str) -> tuple[Receipt, Signature]:
    """A receipt, signed by the key whose name is `signed_by` or one of these.

    Raises:
        InvalidInput: it is none, was changed, or is signed by a key that does not count.
    """
    try:
        with open_plain_file(path) as stream:
            parts = json.loads(stream.read(_BYTES_MAX))
        plain, signature = parts["receipt"], Signature.model_validate_json(json.dumps(parts["signature"]))
        receipt = Receipt.model_validate_json(json.dumps(plain))
    except (OSError, ValueError, KeyError, TypeError, ValidationError) as error:
        raise InvalidInput("This file is no receipt of Counterfoil's, or cannot be read.", field="receipt") from error
    content = canonical_json(plain).encode()
    trusted = keys.trusted(signed_by)
    trusted.check(signature, purpose=SIGNED_AS, content=content, what="The receipt", field="receipt")
    return receipt, signature
