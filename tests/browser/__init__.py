"""A package, unlike other folders of tests, so that its fixtures end with its last test: asyncio runs nothing beside the browser."""
