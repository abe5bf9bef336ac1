"""Approval: what waits before it is issued, who decides it, and what is asked of a person and not of a model."""
