"""The door of every MCP connection over HTTP, one layer after the other: what address, who, how much, which message, in
which session, whether that is still so, for how long. Each is an ASGI application around the next;
`server/http/application.py` puts them together. What one finds out, the next ones find in `state.py`.

What is unknown or somebody else's is answered alike, and before anything else is looked at; only whoever has the secret
of a credential learns that it has expired or was revoked.
"""
