"""Reports: each answers rows of figures of one organization, and the documents that a figure is made of."""
