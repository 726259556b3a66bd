"""The pages, a module each: what it reads, what it says, and `routes()`, which app.py puts together."""
