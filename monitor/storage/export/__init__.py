"""The archive as a table for spreadsheets and programs: which columns, and how they are written. `relmon export` and pages use it."""
