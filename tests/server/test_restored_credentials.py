"""Credentials of a restored folder sleep until an owner wakes them; the latest moment seen is kept (F26, F13)."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import anyio
import pytest

from invoicing.organizations import EVERYTHING, CredentialKind
from invoicing.refusals import NotAllowed
from operations.access import Office
from operations.authentication import AuthenticatedRequest, Presented, Unauthenticated, authenticate
from operations.credentials import create_key, create_token
from operations.identity import browsing, links, signing_in
from operations.identity.browsing import Method
from operations.known_credentials import list_credentials, revoke_credential, wake_credential
from operations.practices import local_owner
from storage.directory.credentials import Lapse
from storage.directory.database import DIRECTORY_FILE
from storage.folder.clock_findings import clock_findings, set_clock_back
from storage.folder.store import Store
from tests.support import backups as backup
from tests.support.backups import silent
from tests.support.clock import NOON, SettableClock
from tests.support.command_line import run_command
from tests.support.identity import SITE, Device, person_at, sign_in, with_passkey
from tests.support.practice import practice
from tests.support.raw import raw_value
from tests.support.stores import look, open_store


async def lapse(store: Store, clock: SettableClock, secret: str) -> Lapse | None:
    """Why the secret opens nothing; None where it does."""
    try:
        assert isinstance(await authenticate(store, clock, Presented(secret)), AuthenticatedRequest)
    except Unauthenticated as refused:
        return refused.lapse
    return None


async def test_a_key_that_was_revoked_after_the_backup_opens_nothing_of_what_is_restored(tmp_path: Path) -> None:
    clock = SettableClock()
    async with practice(tmp_path / "data", clock) as one:
        bakery = await one.client("Harbour Bakery")
        key = await create_key(one.office, bakery, "shop", kind=CredentialKind.KEY, scopes=EVERYTHING)
        token = await create_token(one.office, one.principal.label, scopes=EVERYTHING)
        gone = await create_key(one.office, bakery, "old", kind=CredentialKind.LINK, scopes=EVERYTHING)
        await revoke_credential(one.office, kind=CredentialKind.LINK, key=gone.prefix)
        backup.back_up(one.root, tmp_path / "backup", now=NOON, progress=silent)
        await revoke_credential(one.office, kind=CredentialKind.KEY, key=key.prefix)
    report = backup.restore(tmp_path / "backup", tmp_path / "again", now=NOON, progress=silent)
    assert report.asleep == 2
    async with open_store(tmp_path / "again") as store:
        principal = await local_owner(store)
        assert principal is not None
        office = Office(store=store, principal=principal, clock=clock)
        for secret in (key.secret, token.secret):
            assert await lapse(store, clock, secret) is Lapse.ASLEEP
        assert [
            one.asleep_since for one in await list_credentials(office, kind=CredentialKind.KEY, organization=None)
        ] == [NOON]
        await wake_credential(office, kind=CredentialKind.TOKEN, key=token.prefix)
        assert await lapse(store, clock, token.secret) is None
        # Each is woken by itself: the one that was revoked is not.
        assert await lapse(store, clock, key.secret) is Lapse.ASLEEP


async def test_nobody_signs_in_after_a_restore_before_a_new_link_is_used(tmp_path: Path) -> None:
    clock = SettableClock()
    async with practice(tmp_path / "data", clock) as one:
        device = Device()
        old = await links.make_sign_in_link(one.office, one.principal.label)
        cookie = await sign_in(one.office, Method.LINK)
        await with_passkey(one.office, await person_at(one.office, cookie), device)
        backup.back_up(one.root, tmp_path / "backup", now=NOON, progress=silent)
    report = backup.restore(tmp_path / "backup", tmp_path / "again", now=NOON, progress=silent)
    assert report.people == 1
    async with open_store(tmp_path / "again") as store:
        principal = await local_owner(store)
        assert principal is not None
        office = Office(store=store, principal=principal, clock=clock)
        assert await browsing.signed_in(store, clock, cookie) is None
        assert await links.use_link(office, SITE, old.path.rpartition("/")[2]) is None
        with pytest.raises(NotAllowed):
            await signing_in.sign_in_with_passkey(office, SITE, device.get(signing_in.passkey_to_sign_in(office, SITE)))
        new = await links.make_sign_in_link(office, principal.label)
        used = await links.use_link(office, SITE, new.path.rpartition("/")[2])
        assert used is not None
        assert used.has_ways
        assert await browsing.signed_in(store, clock, used.secret) is not None
        assert await signing_in.sign_in_with_passkey(
            office, SITE, device.get(signing_in.passkey_to_sign_in(office, SITE))
        )


def test_the_commands_say_which_sleep_and_wake_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def run(*command: str, data: str = "data") -> str:
        code, out, err = run_command(monkeypatch, capsys, *command, "--data", str(tmp_path / data))
        # Onto a server each row is brought, and how far that is is told.
        said = [line for line in err.splitlines() if not line.startswith("Restoring: ")]
        assert (code, said) == (0, []), err
        return out

    init = ("init", "--name", "Ledger", "--country", "GB", "--email", "ana@example.com")
    run(*init)
    run("token", "create", "--name", "spare")
    run("backup", str(tmp_path / "backup"))
    assert "2 credentials of the backup sleep" in run("restore", str(tmp_path / "backup"), data="again")
    listed = run("token", "list", data="again").splitlines()
    assert all("asleep since the restore of" in line for line in listed)
    prefix = listed[0].split()[0]
    assert run("token", "wake", prefix, data="again") == f"Awake again: the token {prefix} (spare).\n"
    assert run("token", "wake", prefix, data="again") == f"Was awake already: the token {prefix} (spare).\n"
    assert run("token", "wake", "--all", data="again") == "Awake again: 1 token.\n"
    assert "asleep" not in run("token", "list", data="again")
    run("token", "revoke", prefix, data="again")
    code, _, err = run_command(monkeypatch, capsys, "token", "wake", prefix, "--data", str(tmp_path / "again"))
    assert code == 1
    assert "revoked, which is for good" in err
    assert run_command(monkeypatch, capsys, "token", "wake", "--data", str(tmp_path / "again"))[0] == 2


async def test_a_clock_that_is_set_back_opens_nothing_that_had_expired(tmp_path: Path) -> None:
    clock = SettableClock()
    async with practice(tmp_path / "data", clock) as one:
        key = await create_token(one.office, one.principal.label, scopes=EVERYTHING, expires_in_days=1)
        assert await lapse(one.store, clock, key.secret) is None
        clock.advance(timedelta(days=2))
        assert await lapse(one.store, clock, key.secret) is Lapse.EXPIRED
        clock.set(NOON)
        assert await lapse(one.store, clock, key.secret) is Lapse.EXPIRED
    # Nor after a restart.
    async with open_store(tmp_path / "data") as store:
        assert await lapse(store, SettableClock(), key.secret) is Lapse.EXPIRED
    (finding,) = clock_findings(look(tmp_path / "data"), NOON)
    assert (finding.severity, finding.subject) == ("warning", "clock")
    assert clock_findings(look(tmp_path / "data"), NOON + timedelta(days=2)) == []
    set_clock_back(look(tmp_path / "data"), tmp_path / "data", NOON)
    assert clock_findings(look(tmp_path / "data"), NOON) == []
    async with open_store(tmp_path / "data") as store:
        assert await lapse(store, SettableClock(), key.secret) is None


async def test_the_latest_moment_is_kept_while_the_folder_is_open(tmp_path: Path) -> None:
    clock = SettableClock()
    async with practice(tmp_path / "data", clock) as one:
        one.office.latest()
        clock.advance(timedelta(hours=5))
        assert one.office.latest() == NOON + timedelta(hours=5)
        with anyio.fail_after(20):
            while "17:00" not in str(raw_value(tmp_path / "data" / DIRECTORY_FILE, "SELECT at FROM latest_moment")):
                await anyio.lowlevel.checkpoint()
        # Documents are dated by the clock as it stands.
        clock.set(NOON)
        assert one.office.now() == NOON
