"""The connection that a caller hands from one function of this package to the next within one transaction.

Other rooms name it from here: the database's own packages are known in storage alone.
"""

from sqlalchemy import Connection

__all__ = ["Connection"]
