"""Writing while the next is being read: one thing at a time goes on beside the program."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING

from posture.errors import PostureError

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Self

    from posture.store.connection import Database


class Alongside:
    """Does one thing at a time while the program goes on with the next; all is done, or broken off, at the end of the block.

    Where threads may not share the connection, each thing is done at once.
    """

    def __init__(self, db: Database) -> None:
        self._thread = ThreadPoolExecutor(1) if db.shared else None
        self._under_way: Future[None] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if self._thread is not None:
            self._thread.shutdown()
        # What broke off a write is why the transaction cannot go on, whatever else that led to.
        if self._under_way is not None and (kind is None or issubclass(kind, PostureError)):
            self._under_way.result()

    def do(self, what: Callable[[], None]) -> None:
        """Begin with something once what was under way is done; raises what that raised."""
        if self._thread is None:
            what()
            return
        if self._under_way is not None:
            self._under_way.result()
        self._under_way = self._thread.submit(what)
