"""The daemon at work: polls, dispatch rounds, killable children, the schedule."""
