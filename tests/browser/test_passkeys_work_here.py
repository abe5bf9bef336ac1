"""What the tests of sign-in stand on: the name under which we serve takes passkeys, in the browser of these tests."""

from __future__ import annotations

from tests.support.browsing import Browsed

_MAKE = """async () => {
  const made = await navigator.credentials.create({publicKey: {
    challenge: new Uint8Array(32), rp: {name: 'Counterfoil'}, pubKeyCredParams: [{type: 'public-key', alg: -7}],
    user: {id: new Uint8Array(16), name: 'ana@example.com', displayName: 'Ana'},
    authenticatorSelection: {residentKey: 'required', userVerification: 'required'},
  }});
  return [made.type, JSON.parse(new TextDecoder().decode(made.response.clientDataJSON)).origin];
}"""


async def test_a_passkey_is_made_for_the_name_under_which_we_serve(at_home: Browsed) -> None:
    passkeys = await at_home.with_passkeys()
    await at_home.open("/healthz")
    assert await at_home.page.evaluate(_MAKE) == ["public-key", at_home.home.site.url]
    assert [one["rpId"] for one in await passkeys.kept()] == ["localhost"]
