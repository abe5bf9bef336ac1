"""What happens: one act of the practice is one async function and one transaction.

An act on an organization takes its `books` first; acts across organizations take the `office`.
"""
