"""What documents look like: colour, logo, second language, and codes that a bank's app reads."""
