"""Prompts, skills, resources and completions of one organization do not reach another, and tell nothing of it.

As `test_twin_organizations.py`, for whatever else than tools a client can ask for: every prompt that is listed with
every argument that it has, every variable of every template, every skill. A method without a line in `METHODS` fails.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from itertools import chain
from typing import Any

import pytest
from mcp.shared.exceptions import MCPError
from mcp_types import Request, RequestParams
from pydantic import TypeAdapter

from server.mcp import CounterfoilServer, practice_server
from tests.support.anothers import assert_nothing_of
from tests.support.assistant import Assistant, Era
from tests.support.twins import AGENT, SKILL, Known, Twins
from tests.tools.test_twin_organizations import WAYS, Way, assert_alike, assert_nothing_of_any, chat_of

METHODS = {
    "tools/list": "names no organization; `test_http_twins.py`",
    "tools/call": "`test_twin_organizations.py`",
    "resources/templates/list": "names no organization",
    "resources/read": "documents in `test_twin_organizations.py`, skills here",
    "resources/list": "here",
    "prompts/list": "here",
    "prompts/get": "here",
    "completion/complete": "here",
    "skills/list": "here",
    "skills/get": "here",
    "server/discover": "names the connection's own organization; `test_greeting.py`",
    "ping": "takes and tells nothing",
}
"""Where each method that the server answers is tried with what is another's."""

LISTS = ("prompts/list", "resources/list", "skills/list")
ACTORS = [("only_a", "a"), ("hand", "a"), ("boss", "b"), ("only_b", "b"), ("stranger", "c")]
_ANY = TypeAdapter(dict[str, Any])


def untried(server: CounterfoilServer) -> set[str]:
    return set(server._lowlevel_server._request_handlers) - set(METHODS)


async def test_every_method_that_is_answered_is_tried(twins: Twins) -> None:
    async def list_secrets(_: object, __: object) -> dict[str, Any]:
        return {}

    server = practice_server(twins.office("only_a"))
    assert untried(server) == set()
    server._lowlevel_server.add_request_handler("secrets/list", RequestParams, list_secrets)
    assert untried(server) == {"secrets/list"}


@pytest.mark.parametrize(("actor", "own"), ACTORS)
@pytest.mark.parametrize("way", WAYS)
async def test_lists_hold_ones_own_alone(twins: Twins, way: Way, actor: str, own: str) -> None:
    mine, others = twins.known[own], [one for key, one in twins.known.items() if key != own]
    async with chat_of(twins, actor, own, era_of(actor), way) as chat:
        for method in LISTS if era_of(actor) == "auto" else LISTS[:2]:
            told = await said(chat, method)
            assert_nothing_of_any(others, told, method)
            # The practice connection lists the practice's own.
            assert (mine.canary in told) is (way == "dedicated")
            for their in others:
                cursors = [value for name, value in asdict(their).items() if name.endswith("_cursor")]
                for cursor in (*cursors, their.canary):
                    assert (await said(chat, method, cursor=cursor)).startswith("error")


@pytest.mark.parametrize(("actor", "own"), ACTORS[:2])
@pytest.mark.parametrize("way", WAYS)
async def test_no_prompt_takes_or_tells_anything_of_anothers(twins: Twins, way: Way, actor: str, own: str) -> None:
    mine = twins.known[own]
    async with chat_of(twins, actor, own, era_of(actor), way) as chat:
        prompts = json.loads(await said(chat, "prompts/list"))["prompts"]
        asked = {one["name"]: [asked["name"] for asked in one.get("arguments", ())] for one in prompts}
        for their in (twins.known["b"], twins.known["c"]):
            ghost = their.never()
            names = zip(prompt_names(their), prompt_names(ghost), strict=True)
            for real, never in names:
                await expect_no_difference(chat, "prompts/get", {"name": real}, {"name": never}, their)
            for name, arguments in asked.items():
                given = usual(mine, arguments)
                for argument in (*arguments, "organization"):
                    tried = values if (argument, name) == ("organization", "take-stock") else few
                    for real, never in zip(tried(their), tried(ghost), strict=True):
                        one, other = ({"name": name, "arguments": {**given, argument: sent}} for sent in (real, never))
                        await expect_no_difference(chat, "prompts/get", one, other, their)
        for name, arguments in asked.items():
            of_practice = {"organization": "ledger-co-sandbox"} if name in OF_PRACTICE else {}
            told = await said(chat, "prompts/get", name=name, arguments=usual(mine, arguments) | of_practice)
            assert not told.startswith("error"), told
            assert_nothing_of_any([twins.known["b"], twins.known["c"]], told, name)


@pytest.mark.parametrize(("actor", "own"), ACTORS[:2])
@pytest.mark.parametrize("way", WAYS)
async def test_no_address_of_anothers_skill_is_answered(twins: Twins, way: Way, actor: str, own: str) -> None:
    mine = twins.known[own]
    async with chat_of(twins, actor, own, "auto", way) as chat:
        for their in (twins.known["b"], twins.known["c"]):
            ghost = their.never()
            for real, never in zip(addresses(their, mine), addresses(ghost, mine), strict=True):
                for method in ("skills/get", "resources/read"):
                    await expect_no_difference(chat, method, {"uri": real}, {"uri": never}, their, refused=True)
        for skill in (SKILL, mine.skill):
            for path in ("SKILL.md", f"{mine.canary}.md", "SETTINGS.md"):
                assert mine.canary in await said(chat, "resources/read", uri=f"skill://{mine.handle}/{skill}/{path}")


@pytest.mark.parametrize(("actor", "own"), ACTORS[:2])
@pytest.mark.parametrize("way", WAYS)
async def test_nothing_of_anothers_completes_anything(twins: Twins, way: Way, actor: str, own: str) -> None:
    mine = twins.known[own]
    async with chat_of(twins, actor, own, era_of(actor), way) as chat:
        shown = ""
        whose = mine.handle
        for ref, argument in await completable(chat):
            for their in (twins.known["b"], twins.known["c"]):
                ghost = their.never()
                for real, never in zip(few(their), few(ghost), strict=True):
                    one, other = (completion(ref, argument, sent, whose) for sent in (real, never))
                    await expect_no_difference(chat, "completion/complete", one, other, their)
                    one, other = (completion(ref, argument, "", sent) for sent in (real, never))
                    await expect_no_difference(chat, "completion/complete", one, other, their)
            told = await said(chat, "completion/complete", **completion(ref, argument, "", whose))
            assert_nothing_of_any([twins.known["b"], twins.known["c"]], told, f"{ref} {argument}")
            shown += told
        # The proof that the search for another's would find it.
        assert (mine.customer_name in shown) is (way == "dedicated" or actor == "hand")
        assert mine.number in shown
        assert mine.handle in shown
        assert mine.export in shown


def era_of(actor: str) -> Era:
    """Both eras are gone through, each by some of the actors."""
    return "legacy" if actor == "hand" else "auto"


def values(their: Known) -> list[str]:
    """All that is known of another organization."""
    return list(asdict(their).values())


def few(their: Known) -> list[str]:
    """What of it could be a value of any argument."""
    return [their.handle, their.canary, their.customer, their.customer_name, their.number]


def prompt_names(their: Known) -> Iterator[str]:
    for code in (AGENT, their.agent, their.skill):
        yield f"{their.handle}--{code}"
        yield f"{their.partner}--{code}"
    yield from values(their)


def addresses(their: Known, mine: Known) -> Iterator[str]:
    for skill in (SKILL, their.skill, their.agent):
        for path in ("SKILL.md", f"{their.canary}.md", "SETTINGS.md", "none.md"):
            yield from (f"skill://{handle}/{skill}/{path}" for handle in (their.handle, their.partner, their.id))
            if skill != SKILL or their.canary in path:
                yield f"skill://{mine.handle}/{skill}/{path}"
    yield from chain.from_iterable((f"skill://{one}", f"skill://{one}/SKILL.md", one) for one in few(their))


OF_PRACTICE = ("month-end-of-clients", "onboard-client")
"""Prompts that are for a practice over its clients, and for no single one."""


def usual(mine: Known, arguments: list[str]) -> dict[str, str]:
    """Ordinary values of a prompt's arguments."""
    return {name: {"organization": mine.handle, "month": "2026-03"}.get(name, "anything") for name in arguments}


async def completable(chat: Assistant) -> list[tuple[dict[str, str], str]]:
    """Every argument of every prompt, and every variable of every template."""
    prompts = json.loads(await said(chat, "prompts/list"))["prompts"]
    templates = json.loads(await said(chat, "resources/templates/list"))["resourceTemplates"]
    found = [
        ({"type": "ref/prompt", "name": one["name"]}, asked["name"])
        for one in prompts
        for asked in one.get("arguments", ())
    ]
    for one in templates:
        uri = one["uriTemplate"]
        names = [part.partition("}")[0] for part in uri.split("{")[1:]]
        found += [({"type": "ref/resource", "uri": uri}, name) for name in names]
    return found


def completion(ref: dict[str, str], argument: str, begun: str, organization: str) -> dict[str, Any]:
    given = {"organization": organization}
    return {"ref": ref, "argument": {"name": argument, "value": begun}, "context": {"arguments": given}}


async def said(chat: Assistant, method: str, **params: Any) -> str:
    """The answer as it comes, or the error."""
    request = Request[dict[str, Any], str](method=method, params=params)
    try:
        return json.dumps(await chat.client.session.send_request(request, _ANY), ensure_ascii=False)
    except MCPError as error:
        return f"error {error.error.code} {error.error.message} {error.error.data}"


async def expect_no_difference(
    chat: Assistant,
    method: str,
    real: dict[str, Any],
    never: dict[str, Any],
    their: Known,
    *,
    refused: bool = False,
) -> None:
    """What is asked with another's is answered as with what never existed."""
    if real == never:
        return
    answers = [await said(chat, method, **one) for one in (real, never)]
    assert_nothing_of(their, answers[0], f"{method} {real}", sent=json.dumps(real))
    assert_alike(answers, their, f"{method} {real}")
    assert answers[0].startswith("error") or not refused
