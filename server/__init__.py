"""How the world reaches us: stdio and the command line."""
