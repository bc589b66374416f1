"""Whoever gets a cursor, the database knows by then who acts (registry.acting).

Every way to the database begins with a cursor: the ORM, raw SQL, named cursors and COPY. So the
actor is told where cursors are made, and only when it differs from what was told last:

- in a transaction, for that transaction alone (`is_local`), which also holds behind a pooler;
- outside one, for the session, and only in a scope that may write. DATABASE_POOLED turns this
  off: a pooler would give the session to another client.

PostgreSQL takes a local setting back when the transaction, or the savepoint it was made in, is
rolled back; whatever was told is then told anew.
"""

from typing import Any

from django.conf import settings
from django.db.backends.postgresql import base
from psycopg2.extensions import TRANSACTION_STATUS_INERROR

from registry.acting import NOBODY, Act, current

TELL = """
    SELECT set_config('registry.actor', %s, %s), set_config('registry.token', %s, %s),
      set_config('registry.request', %s, %s)
"""

UNKNOWN = Act(actor="?", request="?")


# The stubs leave out what Django itself calls to end a transaction.
class DatabaseWrapper(base.DatabaseWrapper):
    # What the session has been told, and what the running transaction, where that differs.
    _of_session: Act = NOBODY
    _of_transaction: Act | None = None

    def connect(self) -> None:
        self._of_session, self._of_transaction = NOBODY, None
        super().connect()

    def create_cursor(self, name: str | None = None) -> Any:
        self._tell_who_acts()
        return super().create_cursor(name)

    def _tell_who_acts(self) -> None:
        if self.in_atomic_block or not self.autocommit:
            if not _same(self._of_transaction or self._of_session, current()):
                self._tell_transaction(current())
            return
        wanted = current() if current().writes and not settings.DATABASE_POOLED else NOBODY
        if not _same(self._of_session, wanted):
            self._tell(wanted, local=False)
            self._of_session = wanted

    def _tell_transaction(self, act: Act) -> None:
        if self.connection.info.transaction_status == TRANSACTION_STATUS_INERROR:
            return  # nothing is written any more, and this must not stand in a rollback's way
        self._tell(act, local=True)
        self._of_transaction = act

    def _tell(self, act: Act, *, local: bool) -> None:
        told = [part for text in (act.actor, act.token, act.request) for part in (text, local)]
        with self.wrap_database_errors, self.connection.cursor() as cursor:
            cursor.execute(TELL, told)

    def _commit(self) -> None:
        super()._commit()  # type: ignore[misc]
        self._of_transaction = None

    def _rollback(self) -> None:
        self._of_transaction = None
        super()._rollback()  # type: ignore[misc]

    def _savepoint_rollback(self, sid: str) -> None:
        super()._savepoint_rollback(sid)  # type: ignore[misc]
        self._of_transaction = UNKNOWN


def _same(told: Act, wanted: Act) -> bool:
    return (told.actor, told.token, told.request) == (wanted.actor, wanted.token, wanted.request)
