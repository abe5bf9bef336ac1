"""Text that people type: its limits and forms, codes, and addresses."""
