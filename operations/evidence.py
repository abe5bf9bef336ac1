"""Verification of what can be changed, or is beside the documents, against what the audit trail says of it.

Settings, customers, items and hours change; each change leaves a digest of what it made in the audit trail. What a
retry would find, and the PDF that a document has, are on record there too. Books of before that are verified as far as
their audit trail goes.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict

from invoicing.document.canonical import canonical_json
from operations.issuing import FORMER
from storage.books import checks
from storage.books.approvals import document_approvals
from storage.books.idempotency import ISSUED_DRAFT
from storage.books.states import RECORDS, all_record_states, all_settings_states
from storage.work.asking import Ask

_ONE_OF = {"customers": "customer", "items": "item", "billing_hours": "hours"}


def evidence_problems(ask: Ask) -> Iterator[str]:
    """What is not as it is on record."""
    yield from _settings_problems(ask)
    complete = _is_complete(ask)
    for table in RECORDS:
        yield from _record_problems(ask, table, complete=complete)
    yield from _reference_problems(ask)
    yield from _pdf_problems(ask, complete=complete)
    yield from _approval_problems(ask)


def _is_complete(ask: Ask) -> bool:
    """Whether the audit trail has had digests from its first entry on."""
    return any("settings" in act.detail for act in checks.acts(ask, checks.CREATING))


def _settings_problems(ask: Ask) -> Iterator[str]:
    recorded: dict[str, str] = {}
    for act in checks.acts(ask, *checks.SETTING, *checks.SETTING_MANDATES):
        recorded = act.detail.get("settings", recorded)
    now = all_settings_states(ask)
    for table, digest in recorded.items():
        if now.get(table) != digest:
            yield f"settings ({table.replace('_', ' ')}): they are not as they were last changed"


def _record_problems(ask: Ask, table: str, *, complete: bool) -> Iterator[str]:
    recorded: dict[str, str] = {}
    for act in checks.acts(ask, *checks.SAVING[table]):
        recorded |= act.detail.get("states", {})
    one = _ONE_OF[table]
    found = all_record_states(ask, table)
    for record_id, digest in found.items():
        if record_id not in recorded:
            if complete:
                yield f"{one} {record_id}: nobody is on record as having saved it"
        elif digest != recorded[record_id]:
            yield f"{one} {record_id}: it is not as it was last saved"
    for record_id in recorded.keys() - found.keys():
        yield f"{one} {record_id}: it was saved, and is not there any more"


def _reference_problems(ask: Ask) -> Iterator[str]:
    """A retry must find what was made under its reference, and nothing else."""
    expected: dict[tuple[str, str], str] = {}
    known: dict[str, dict[str, object]] = {}
    for act in checks.acts(ask, *checks.ISSUING, *checks.PAYING):
        known[act.subject] = act.detail
        tool = "issue_invoice" if FORMER in act.detail else act.act
        tool = "record_payment" if act.act in checks.PAYING else tool
        for name, of in (("client_reference", tool), ("draft", ISSUED_DRAFT)):
            if reference := act.detail.get(name):
                expected[of, reference] = act.subject
    tools = {*checks.ISSUING, "record_payment", ISSUED_DRAFT}
    for tool, reference, subject in checks.references(ask):
        if tool not in tools:
            continue
        if subject not in known:
            yield f"reference of {tool}: it names nothing that is there"
        elif "client_reference" in known[subject] and expected.get((tool, reference)) != subject:
            yield f"reference of {tool}: it names {subject}, which was not made under it"
        expected.pop((tool, reference), None)
    for (tool, _), subject in expected.items():
        yield f"reference of {tool}: that of {subject} is not there any more"


def _pdf_problems(ask: Ask, *, complete: bool) -> Iterator[str]:
    recorded = {act.subject: (act.detail["file"], act.detail["sha256"]) for act in checks.acts(ask, checks.PRINTING)}
    found = checks.stored_pdfs(ask)
    for document_id, stored in found.items():
        if document_id not in recorded:
            if complete:
                yield f"PDF of {document_id}: nobody is on record as having made it"
        elif stored != recorded[document_id]:
            yield f"PDF of {document_id}: it is not the one that was first made"
    for document_id in recorded.keys() - found.keys():
        yield f"PDF of {document_id}: it was made, and is not on record any more"


def _approval_problems(ask: Ask) -> Iterator[str]:
    """What documents were approved by is as it went on record when they were issued, and each decision of a step was
    put on record when it was made.
    """
    decided = {
        (act.detail["digest"], act.detail["workflow"], act.detail["step"], act.detail["user_id"], act.detail["how"])
        for act in checks.acts(ask, checks.DECIDING)
        if act.detail["decision"] == "approve"
    }
    kept = document_approvals(ask)
    for act in checks.acts(ask, *checks.ISSUING):
        recorded = [{"signed": "", **one} for one in act.detail.get("approvals", [])]
        found = kept.pop(act.subject, [])
        name = f"document {act.detail['number']}"
        if [json.loads(canonical_json(asdict(one))) for one in found] != recorded:
            yield f"{name}: what it was approved by is not what is on record"
        for one in found:
            if one.workflow and (one.digest, one.workflow, one.step, one.user_id, one.how.value) not in decided:
                yield f"{name}: nobody is on record as having decided step {one.step} of {one.workflow}"
    for document_id in kept:
        yield f"approvals of {document_id}: it is not on record as issued"
