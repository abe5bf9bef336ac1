"""People who prove who they are: sessions of their browsers, and what they prove it with."""
