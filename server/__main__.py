"""`python -m server` is `counterfoil`."""

from server.cli import main

main()
