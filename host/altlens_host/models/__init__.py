"""Which models there are, and where their files lie. No library that runs a model is used here."""
