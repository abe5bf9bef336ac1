"""How a document is paid: which account it names, and the reference that a payer states."""
