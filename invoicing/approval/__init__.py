"""Approval: which documents wait for somebody's yes before they are issued, whose, and what has been said."""
