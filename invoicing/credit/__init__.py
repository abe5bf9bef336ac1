"""Credit notes: what is taken back of an invoice, and what is left of it."""
