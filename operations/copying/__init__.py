"""Copying configuration from one organization to another, part by part: each part is one entry of `parts.PARTS`."""
