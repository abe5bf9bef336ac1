"""How the world reaches us: stdio, HTTP and the command line."""
