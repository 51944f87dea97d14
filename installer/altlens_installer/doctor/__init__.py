"""altlens doctor: finds out what is wrong and names the command that mends it."""
