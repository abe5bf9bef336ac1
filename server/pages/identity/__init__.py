"""Pages on which people sign in, and look after how they do."""
