"""Remembers answers on the disk, sealed with a key that the Firefox profile keeps.

sealing    keys and the envelope: bytes in, bytes out
entries    an answer as the plaintext of one envelope
store      SQLite: rows, limits, what can go wrong with a file
cache      what the service uses: all of it together, never fatal
inspection what can be said about a file without its key
places     where the files are, and who may write there
"""
