"""Which tests `make test` runs twice: with books in files, and on a server. All that can run there do with the option
`--store postgres` (`make test-postgres`); these are the promises, each once.
"""

from __future__ import annotations

ON_BOTH = ("tests/operations/test_issuing.py::test_refusals_between_successes_leave_no_gap",)


def is_on_both(test: str) -> bool:
    """Whether the test of this id is one of them."""
    return test.startswith(ON_BOTH)
