"""Work that comes again each month: what recurs, for which days, and what a practice bills its clients."""
