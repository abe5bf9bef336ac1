"""Amounts of money: their grammar, rounding, sharing out, and sums."""
