"""The database: tables, migrations, and functions that take and return domain values."""
