"""The HTTP application: its routes, in one place."""

from __future__ import annotations
