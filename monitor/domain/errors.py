"""The error tree.

    MonitorError
    ├── ConfigurationError      what an operator wrote can't be used; carries every finding
    ├── DatabaseError
    │   ├── DatabaseUnavailable     can't be opened, read or written just now (locked, full, read-only, out of reach)
    │   │   ├── DatabaseMissing         there is none yet, and whoever asked only looks
    │   │   ├── DatabaseDamaged         what is in its file can't be read; a copy can take its place
    │   │   └── TransactionConflict     a transaction gave way to another's; nothing of it is written
    │   ├── DatabaseInUse           another daemon owns this SQLite file
    │   ├── CopyFailed              a database could not be copied, or a copy put back; both are as they were
    │   └── SchemaMismatch          the tables are not those of this version
    ├── AddressRefused          the address policy forbids a connection
    └── ChildFailed             a worker child was killed at its time limit, or died
        └── ChildNotStarted         there is no child to do the work: the work itself is not to blame

Expected outcomes (a feed that answers 500, a webhook that is gone) are values, not errors: see feeds.py and delivery.py.
Every message is a sentence for the person who can act on it: what is wrong, where, and what to do.
"""

from monitor.domain.documents import Finding


class MonitorError(Exception):
    """The root of all errors that this package raises on purpose."""

    exit_code = 1


class ConfigurationError(MonitorError):
    """The configuration can't be used. `findings` lists every mistake; mend them and run `relmon check`."""

    exit_code = 78  # EX_CONFIG of sysexits.h; systemd is told not to restart on it

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        super().__init__("\n".join(str(finding) for finding in findings))
        self.findings = findings


class DatabaseError(MonitorError):
    """The root of what can go wrong with the database."""


class DatabaseUnavailable(DatabaseError):
    """The database can't be opened, read or written just now. Nothing is lost; mend the cause and try again."""

    exit_code = 75  # EX_TEMPFAIL: worth another try


class DatabaseMissing(DatabaseUnavailable):
    """There is no database yet, and whoever only looks makes none. `relmon run` does."""


class DatabaseDamaged(DatabaseUnavailable):
    """The file holds no database that can be read. Put a copy in its place with `relmon db restore`; another try is no use."""

    exit_code = 1


class TransactionConflict(DatabaseUnavailable):
    """Two transactions waited for each other, and PostgreSQL ended this one. The same work may be tried again at once."""


class DatabaseInUse(DatabaseError):
    """Another daemon polls and sends from this SQLite file. Stop it first, or give this one another database."""

    exit_code = 75


class CopyFailed(DatabaseError):
    """A database could not be copied into another one or to a file, or a copy not put back; both are as they were."""


class SchemaMismatch(DatabaseError):
    """The tables are older or newer than this version. Run `relmon db upgrade`, or install the newer version."""

    exit_code = 78


class AddressRefused(MonitorError):
    """The address policy forbids this connection. To permit it, an operator names host:port or a CIDR under [outbound]."""

    def __init__(self, host: str, reason: str) -> None:
        super().__init__(f"{host}: {reason}")
        self.host = host
        self.reason = reason


class ChildFailed(MonitorError):
    """A worker child passed its time limit and was killed, or died. The work it had is reported as failed."""


class ChildTooSlow(ChildFailed):
    """A worker child did not end its job within the time limit, and was killed."""


class ChildNotStarted(ChildFailed):
    """No worker child could be started. Look at the free memory and at the limit of processes; the work is tried again."""
