"""Other programs that run the same model, each a process of its own; never imported by the bench.

Each takes a line of JSON from its standard input and answers with a line of JSON after an `@`.
"""
