"""Streamable HTTP: one Starlette application with the MCP connections, downloads, key pages and health."""
