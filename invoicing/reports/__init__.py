"""What reports are made of: months, rows of figures, and the rules by which they are set in order."""
