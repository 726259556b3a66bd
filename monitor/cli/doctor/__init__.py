"""`relmon doctor`: what a daemon needs, looked at one by one. A module for each side of it."""
