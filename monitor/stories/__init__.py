"""From events to stories: which reports tell of one event, and what a new report changes. Pure."""
