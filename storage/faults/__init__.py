"""What can be wrong with databases and with the storage that they lie on, and how it is told."""
