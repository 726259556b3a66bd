"""Health and metrics over HTTP, read-only, on loopback by default."""
