"""One organization's books: their tables, the queries on them, and the pool of those that are open."""
