"""From files and environment to domain values, with every mistake found at once."""
