"""The one way out: every request of the program passes the address policy here, where its connection is made.

The only importer of httpx and httpcore.
"""
