"""Which words may be said of people, for the worker that captions and the training that teaches."""
