"""The data folder: making databases, migrating, backing up, restoring and diagnosing them."""
