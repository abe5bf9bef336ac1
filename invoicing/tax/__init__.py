"""Which tax applies, at which rate of which day, and what it comes to."""
