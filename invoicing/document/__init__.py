"""A document from what was asked for to what is frozen: composing, warnings, law of form, numbers, posting."""
