"""The files of organizations: what every place to keep them can do, and the data folder, the first such place."""
