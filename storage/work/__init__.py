"""Work that takes long: its turns, the processes that compute it, and what may be under way at once."""
