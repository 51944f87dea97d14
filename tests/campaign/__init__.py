"""Processes that are killed, stopped, starved and slowed at points that nobody chose."""
