"""Configuration: parts of an organization's settings, each a list of entries that people read and change alike."""
