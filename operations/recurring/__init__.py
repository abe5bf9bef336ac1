"""Acts across clients: drafting the work of a month for many of them, billing them, and issuing what was drafted."""
