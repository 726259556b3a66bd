"""The JSON API under /api. FastAPI is known here alone; `app.py` puts it together, and lazily.py imports it when it is first asked."""
