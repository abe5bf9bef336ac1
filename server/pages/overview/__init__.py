"""The practice's overview: what needs attention, all clients at a glance, and how each likes to see them."""
