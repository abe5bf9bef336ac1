"""What the schema of a file of this version comes to, so that a table, index, trigger or view that another program
dropped or changed is noticed when the file is opened.

How a library spells a table differs between its versions: tables count by their columns, indexes by what they are of,
triggers and views, whose words are ours, by these.
"""

from __future__ import annotations

import hashlib
import sqlite3
from typing import Final

from storage.file_kinds import FileKind

FINGERPRINTS: Final = {
    (FileKind.DIRECTORY, 4): "feb264b66ac81c5308561c3645824ca193fc345c24f2fd6abb8686d1b9a29977",
    (FileKind.DIRECTORY, 5): "89375cf1934f2f14986cdff8b70eaf283c526be9da19c8317f007a1f502a4dfc",
    (FileKind.DIRECTORY, 6): "9bf85129dc325fbc99fa4876a1f937cab0628eac9a3b1bf8dc8a97be69f2e710",
    (FileKind.DIRECTORY, 7): "076fc93c19f0b3bc610f4527b3584978947c50082ed57c79b995f98b7dff164c",
    (FileKind.DIRECTORY, 8): "65af925d7ba5af68c2e54da8cd18759be1e5587cdf723ded30dc84afa0b7093e",
    (FileKind.DIRECTORY, 9): "a2caa2393272cbe30388b4e8f7afce2417135ce36ed0d9be224499ccf8e62889",
    (FileKind.DIRECTORY, 10): "8986f92a4c7ee5d018324c45ac86d5cb35cd5ba0ff8d5f0d8a1cf380b33d5337",
    (FileKind.DIRECTORY, 11): "83beb996848d949aafcd44eb368f761f9606a930d0f3c813dc3f640e526a0cf3",
    (FileKind.DIRECTORY, 12): "dcb0960ff52f9953019848fb2977f05f9c3fd616491d48da38b5b42db9b5ca17",
    (FileKind.DIRECTORY, 13): "2e7c46c927a8fcd050494aff348f809f27a4ccce625fc78261d4672234a9a839",
    (FileKind.DIRECTORY, 14): "85fa34a5e4db76c6eeabd3038a49998b1b4f95ec7bc0e04f89e8c95c99917a16",
    (FileKind.DIRECTORY, 15): "cadeeed5a22ea74c5d61db799e4b558396d778f0e2a3d959dec97b269b563141",
    (FileKind.DIRECTORY, 16): "c5a3d3f4568b06831db32c38ebe4aa96d1d63867c669d9c8589a142eccb84576",
    (FileKind.DIRECTORY, 17): "d101063700558b827482f726cae9522f3377f33275bc067ce86be391980df1b3",
    (FileKind.DIRECTORY, 18): "ae3df556a192e18b4ef7950221d2b447e2067065e3991eab25997c9e6d1c2117",
    (FileKind.DIRECTORY, 19): "3cdd1391352f55a51312c11d306ccb49003d30471c50b0c4b730aeeb0a6a0db6",
    (FileKind.DIRECTORY, 20): "d921892f9669152b13c50749b7163f93027369998c9f9b7736a571f7178890a3",
    (FileKind.DIRECTORY, 21): "19866b23e73b6799e1433db18dc9f04c968287f34ead33490a1237ef842c97bd",
    (FileKind.DIRECTORY, 22): "f4f5f08f1ffdac513733ce0a71339f6bbea5d9f7fac1b21026b987a565aa7d61",
    (FileKind.DIRECTORY, 23): "5ed05935e6d923c96c97fe21cf05af5756dde38d9d71a626585494ac291c1442",
    (FileKind.DIRECTORY, 24): "d347d8f8be0eb894002ccb751a751cafde86de537aa0c9600a494d46157f069a",
    (FileKind.BOOKS, 5): "31d65dc6466bf0bbe912a7e1645653f43edc923a5cad2680cf20d7d0234e25a3",
    (FileKind.BOOKS, 6): "7582c4fc80f570d2cb6ba81a2644a87fa0aa9b7be4c48f407dc645a0aa8f8bb3",
    (FileKind.BOOKS, 7): "937bcaf1509c4841c5aacd3967436df9fc52a03c9ccc45df2cf332b833e65e89",
    (FileKind.BOOKS, 8): "d30536f34549d60f32542f276532c387fe8af33d0de11a8b164f22028b99c1d6",
    (FileKind.BOOKS, 9): "ecdd2808ab17a4f8e66b0950445d3ac8132186e7aae5bb3231076e828f035be5",
    (FileKind.BOOKS, 10): "ce25fd03fa2d523dc69774450454a3df2cfcb51cc7b50fcac97ff3d39f776545",
    (FileKind.BOOKS, 11): "f70c87b2f6d0709d53b534163f7bf0b35c92e2d380b3ce52fcc6db7007a33813",
    (FileKind.BOOKS, 12): "d0018577cb83e85794dff5365e0d5c3cad0180be67ab41be494b714f5e70cf06",
    (FileKind.BOOKS, 13): "4dcbddffe1332f2c6fee3dd6c6a683b0c8317a55efb92dd7f7e9fad3632b51f7",
    (FileKind.BOOKS, 14): "e6365a7dc5d11a8755834c71e2b8080e67937bdb346672d86d3a82d403e8936a",
    (FileKind.BOOKS, 15): "c23e099eb3e00a47a8e53404c1a605ea67bbba0fa3d378365c7d4a7b22a79b38",
    (FileKind.BOOKS, 16): "21d17e927e0bf597b2d3722fb87954696bb51da525f12d5078bc582db38c487f",
    (FileKind.BOOKS, 17): "32e4e42b96e73e53195e03bec745b8ffac5a666cdd6d089bf18945f3d3a328f0",
    (FileKind.BOOKS, 18): "2b400cca695e0e37383f57c8de2d1b3575c221e444b8d5edfa41586e48f59242",
    (FileKind.BOOKS, 19): "d924bc469c62e43dc6bd0d49d968f9616bd18d789a37fd30ba6eef9d041a0169",
    (FileKind.BOOKS, 20): "4e430dc9300cd8b0f8409328a2dd1b3fa0fa072f4187c23f4da692c0d753fdf5",
    (FileKind.BOOKS, 21): "d697f7c2457a49f88399aee0f8237d8c163c5d17a4517b4f41715b2b0cef83bf",
    (FileKind.BOOKS, 22): "4868447531f182a427cba0950ab48e784915995f2974c252dd69d34770d4fe02",
    (FileKind.BOOKS, 23): "1f372c0bf364918409345ec342048def82ea960a03004eae4614ee6d428f0a85",
    (FileKind.BOOKS, 24): "80fd474d81239d3a7e4a92e218d35421473ef203d9fa5efc876f5c52e1000f88",
    (FileKind.BOOKS, 25): "8e5a7e1c2c791163adfcb428c040c78e2bfc3c00b0819d646a87900348715079",
    (FileKind.BOOKS, 26): "86c26e45931791f258c76fcb65163a6e11388e81eaa10e0895c12b6f54c852b2",
    (FileKind.BOOKS, 27): "2925ad0e2018b0f724d6db0e6e8868e9fd49a11c9ff36f2fa3bb6d6ec9e1cc12",
    (FileKind.BOOKS, 28): "7f4df49c31a3e696f481f7c382b0018aafd49f7aab408c9269d8a6c3f7a22201",
}
"""By kind and schema version; `tests/storage/test_migrations.py` tells what belongs here after a new revision."""

# Litestream, which copies a file continuously, keeps two tables of its own in it, which hold nothing of anybody's.
_COLUMNS = (
    'SELECT m.name, p.name, p.pk, p."notnull" FROM sqlite_master m, pragma_table_info(m.name) p'
    " WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%'"
    " AND m.name NOT IN ('_litestream_seq', '_litestream_lock') ORDER BY 1, 2"
)
_OTHERS = (
    "SELECT type, name, tbl_name, CASE WHEN type = 'index' THEN '' ELSE sql END FROM sqlite_master"
    " WHERE type <> 'table' AND name NOT LIKE 'sqlite_stat%' ORDER BY 1, 2"
)


def schema_fingerprint(connection: sqlite3.Connection) -> str:
    """What the schema of an open file comes to."""
    columns = [list(row) for row in connection.execute(_COLUMNS)]
    others = [[*row[:3], " ".join(str(row[3]).split())] for row in connection.execute(_OTHERS)]
    return hashlib.sha256(repr((columns, others)).encode()).hexdigest()


def expected_fingerprint(kind: FileKind, schema_version: int) -> str:
    """What that of a sound file is; empty for a version of which it is not known."""
    return FINGERPRINTS.get((kind, schema_version), "")
