"""Which tests `make test` runs twice: with books in files, and on a server. Others run there with the option
`--store postgres` of pytest; these are the promises, each once.
"""

from __future__ import annotations

ON_BOTH = (
    "tests/storage/test_access_queries.py::test_a_limited_credential_reaches_what_was_picked_and_its_user_reaches",
    "tests/storage/test_activity_log.py::test_each_log_keeps_its_newest_rows_and_none_that_is_too_old",
    "tests/storage/test_copying.py::test_what_keeps_rows_from_being_written",
    "tests/operations/test_files_in_bucket.py::test_doctor_knows_a_bucket_of_another_installation",
    "tests/operations/test_finding_drafts.py::test_a_draft_has_the_figures",
    "tests/operations/test_former_reports.py::test_a_past_month",
    "tests/operations/test_issuing.py::test_refusals_between_successes_leave_no_gap",
    "tests/operations/test_order_of_lists.py::test_names_of_all_languages_stand_in_one_order",
    "tests/operations/test_order_of_lists.py::test_of_much_that_was_changed_the_first_is_told",
    "tests/operations/test_removing.py::test_of_a_removed_client",
    "tests/operations/test_what_is_typed.py",
    "tests/server/test_load.py",
    "tests/server/test_many_open_books.py",
    "tests/server/test_oauth.py::test_nobody_is_asked_for_more_where_their_role_does_not_allow_it",
)


def is_on_both(test: str) -> bool:
    """Whether the test of this id is one of them."""
    return test.startswith(ON_BOTH)
