"""Pages for people with a browser: how one is made, who is at it, and what its forms bring."""
