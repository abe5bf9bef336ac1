"""What an assistant can do. Each tool file describes, resolves the books, calls one operation, shapes the answer."""
