"""The altlens command: installs, removes and checks altlens, and captions pictures."""
