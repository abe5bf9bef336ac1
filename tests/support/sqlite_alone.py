"""Tests of what only files have: a run with `--store postgres` leaves them out, each for the reason given here. A test
is named by how its id begins; a folder or a file stands for all that is in it.
"""

from __future__ import annotations

_FILES = "about files of SQLite"
_LOOKS = "on a server anchors tell how books look: what went past them is found when the books are opened"
_MEMORY = "about what a connection to a file remembers; one to a server is everybody's, and remembers settings alone"
_TYPED = "a server keeps in a column only what is of its type"
_ORDER = "a server promises no order by itself"
_SCHEMA_6 = "begins with files of an earlier version"
_PAGES = "about a file of SQLite that is damaged, exchanged or no file"
_FULL = "about a disk that holds the databases; a server tells of its own (tests/storage/test_server_faults.py)"
_EARLY = "where books are on a server, it is asked before anybody is greeted"
_DEMO = "the demonstration keeps its books in files, wherever others are"
_OPEN = "counts the files that connections hold open"
_DISK = "about commits that wait for the disk under a file"
_EVERY = "begins with a server in every run, whatever others keep books in"
_INTERRUPT = "what interrupts a task ends its event loop: there a transaction is a task"
_LOCKED = "takes SQLite's lock of a file from outside, or moves the file away"
_PIPE = "tests/server/test_http_damage.py::test_a_server_with_a_pipe_in_the_place_of_what_it_needs_says_so_and_ends"
_RAISES = "tests/storage/test_brief_transactions.py::test_one_that_raises_leaves_nothing_and_holds_up_nobody"

SQLITE_ALONE = {
    "tests/operations/test_dimensions.py::test_books_with_dimensions_from_before_their_totals": _SCHEMA_6,
    "tests/operations/test_issuing.py::test_verification_names_what_was_changed[a date that is none": _TYPED,
    "tests/operations/test_order_of_lists.py::test_whoever_asks_for_no_order_gets_another": _ORDER,
    "tests/operations/test_summaries.py::test_of_many_books_that_changed_only_some_are_read_at_once": _LOOKS,
    "tests/operations/test_summaries.py::test_what_another_program_writes_is_noticed": _LOOKS,
    "tests/operations/test_two_machines.py": _EVERY,
    "tests/server/test_cli.py::test_a_damaged_directory_is_one_clear_line_from_every_command": _PAGES,
    "tests/server/test_cli.py::test_doctor_says_errors_in_one_line_more": _PAGES,
    "tests/server/test_cli.py::test_migrate_reports_books_that_it_cannot_bring_up": _PAGES,
    "tests/server/test_cli.py::test_the_data_folder_comes_from_the_environment": "says where the files are",
    "tests/server/test_completions.py::test_who_asks_for_prompts_while_loading": _EARLY,
    "tests/server/test_damaged_books.py": _PAGES,
    "tests/server/test_demo.py::test_what_the_demonstration_leaves": _DEMO,
    "tests/server/test_http_damage.py::test_a_full_disk_is_told_to_whoever_has_a_credential": _FULL,
    "tests/server/test_http_damage.py::test_a_server_with_a_pipe_in_a_clients_place": _PAGES,
    f"{_PIPE}[directory.db": _PAGES,
    "tests/server/test_http_damage.py::test_downloads_and_dedicated_connections_say_what_is_wrong": _PAGES,
    "tests/server/test_http_doors.py::test_what_cannot_be_looked_up_is_said_so": _LOCKED,
    "tests/server/test_outside_anchors.py::test_a_loss_that_somebody_answers_for_is_a_note": _FILES,
    "tests/server/test_stdio_start.py::test_a_client_is_greeted_and_told_the_tools_before_anything_is_loaded": _EARLY,
    "tests/server/test_stdio_start.py::test_a_client_that_leaves_while_loading_leaves_the_folder_as_it_was": _EARLY,
    "tests/server/test_stdio_start.py::test_a_folder_that_does_not_open_after_the_greeting_ends_the_process": _EARLY,
    "tests/server/test_stdio_start.py::test_a_folder_that_is_not_ours_is_refused_before_anything_is_answered": _PAGES,
    "tests/server/test_stdio_start.py::test_a_new_folder_is_begun_even_for_a_client_that_leaves_while_loading": _EARLY,
    "tests/server/test_stdio_start.py::test_books_of_an_earlier_version_are_brought_up_behind_the_greeting": _SCHEMA_6,
    "tests/server/test_stdio_start.py::test_the_first_look_finds_what_stands_in_the_log_alone": _FILES,
    "tests/server/test_stdio_start.py::test_what_is_asked_while_loading_is_answered_once_it_has_ended": _EARLY,
    "tests/server/test_storage_at_fault.py::test_a_full_disk_has_one_answer_whatever_is_being_written": _FULL,
    "tests/server/test_storage_at_fault.py::test_sound_books_on_read_only_storage": _FILES,
    "tests/server/test_storage_at_fault.py::test_what_is_damaged_is_told_on_read_only_storage_too": _PAGES,
    "tests/server/test_verifying_practices.py::test_summaries_are_made_anew_of_all_that_can_be_read": _PAGES,
    "tests/server/test_workers_on_server.py": _EVERY,
    "tests/storage/test_access_queries.py::test_what_is_changed_in_the_file_by_hand_is_known_at_once_too": _FILES,
    "tests/storage/test_archives_on_server.py": _EVERY,
    "tests/storage/test_asking.py::test_what_cannot_be_read_is_named_wherever_it_is_found_out[a row": _TYPED,
    "tests/storage/test_backup.py::test_a_backup_holds_everything_on_record_and_comes_back_the_same": _FILES,
    "tests/storage/test_backup.py::test_a_backup_of_an_earlier_version_is_migrated": _SCHEMA_6,
    "tests/storage/test_backup.py::test_a_target_that_is_taken_or_lies_in_the_data_folder_is_refused": _FILES,
    "tests/storage/test_backup.py::test_of_a_damaged_directory_no_backup_is_made": _PAGES,
    "tests/storage/test_backup.py::test_one_clients_damaged_books_keep_no_others_from_being_backed_up": _PAGES,
    "tests/storage/test_backup.py::test_restoring_changes_nothing_in_the_backup": _FILES,
    "tests/storage/test_books_of_schema_6.py": _SCHEMA_6,
    "tests/storage/test_books_pool.py::test_an_engine_in_use_is_never_closed": _OPEN,
    "tests/storage/test_books_pool.py::test_an_organization_has_two_connections_of_threads_at_most": _OPEN,
    "tests/storage/test_books_pool.py::test_beyond_its_capacity_the_longest_unused_engine_is_closed": _OPEN,
    "tests/storage/test_books_pool.py::test_books_that_are_gone_are_an_error_and_are_not_made_anew": _FILES,
    "tests/storage/test_books_pool.py::test_books_that_rest_keep_their_file_open_and_look_as_before": _OPEN,
    "tests/storage/test_brief_transactions.py::test_a_cancelled_caller_waits_for_the_commit": _DISK,
    "tests/storage/test_brief_transactions.py::test_commits_go_to_a_thread_while_the_disk_is_slow": _DISK,
    f"{_RAISES}[a statement-Key": _INTERRUPT,
    f"{_RAISES}[the ORM-Key": _INTERRUPT,
    "tests/storage/test_brief_transactions.py::test_opening_waits_for_nobody_in_the_event_loop": _LOCKED,
    "tests/storage/test_cache.py::test_every_table_of_settings_is_watched": _MEMORY,
    "tests/storage/test_cache.py::test_what_was_written_is_remembered_only_where_it_is_kept": _MEMORY,
    "tests/storage/test_damaged_templates.py": _FILES,
    "tests/storage/test_diagnosis.py": _FILES,
    "tests/storage/test_engines.py": _FILES,
    "tests/storage/test_exchanged_files.py": _FILES,
    "tests/storage/test_hanging_server.py": _EVERY,
    "tests/storage/test_litestream.py": _FILES,
    "tests/storage/test_migrating_killed.py": _FILES,
    "tests/storage/test_migrations.py": _FILES,
    "tests/storage/test_moving.py": _EVERY,
    "tests/storage/test_on_server.py": _EVERY,
    "tests/storage/test_provisioning.py": _FILES,
    "tests/storage/test_server_faults.py": _EVERY,
    "tests/storage/test_snapshots.py::test_books_that_are_gone_are_an_error_and_are_not_made_anew": _FILES,
    "tests/storage/test_writing_in_turn.py": _DISK,
}


def why_left_out(test: str) -> str:
    """Why the test of this id is not tried on a server; empty where it is."""
    return next((reason for begins, reason in SQLITE_ALONE.items() if test.startswith(begins)), "")
