"""From alerts to messages, and from messages to a verdict: one module a channel."""
