"""Places whose tax is not that of the country in their address: territories, and their rates, as dated data."""
