"""The database: tables, migrations, and functions that take and return domain values.

Synchronous. A caller opens one whole transaction per call from a thread of its own (`Database.write`, `Database.read`)
and hands the connection to the functions of the rooms here: polls, items, events, stories, silences, outbox, notes,
overview. Nothing here waits for the network, classifies or decides; a transaction is short.
"""
