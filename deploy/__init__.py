"""How Counterfoil is shipped: what runs it elsewhere, and what makes the files that users download."""
