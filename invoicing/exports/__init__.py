"""Exports of issued documents: CSV, XLSX, JSON, and an archive of their PDFs; in `ledger/`, of the journal.

Each writer takes a path and an iterable of frozen documents, reads the iterable once and holds one document at a
time, so that its memory does not grow with the number of documents. The caller passes a temporary name and
renames it when the writer has returned: a file under its final name is whole.
"""
