"""Finds browsers and their profiles: functions of a root folder and an environment."""
