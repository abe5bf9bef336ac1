"""Pages of figures: the summary of an organization, its reports and its journal."""
