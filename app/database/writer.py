"""The one writer: takes what has queued, commits it together, answers afterwards.

Sixty people who submit in one second wait for a few fsyncs instead of sixty. An answer is
given only after its commit. Rule: one writing connection in one process, which alone
checkpoints (docs/decisions/0002-one-writer.md).
"""

import asyncio
import queue
import threading
from collections.abc import Callable
from typing import Any, Protocol, TypeVar

from app.database.errors import Busy, DatabaseError, WritesStopped
from app.database.statements import Transaction

T = TypeVar("T")

GROUP = 256  # jobs in one commit: bounds how long the first of them waits for the last


class Connection(Protocol):
    """One writing connection of either database."""

    def begin(self) -> Transaction: ...
    def commit(self) -> None: ...
    def rollback(self) -> None: ...
    def meaning(self, error: Exception) -> DatabaseError | None: ...
    def close(self) -> None: ...


class Job:
    """One piece of writing and where its result goes."""

    __slots__ = ("done", "error", "loop", "result", "work")

    def __init__(self, work: Callable[[Transaction], Any]) -> None:
        self.work = work
        self.result: Any = None
        self.error: BaseException | None = None
        self.loop: asyncio.AbstractEventLoop | None = None
        self.done: Any = None


def _tell(jobs: list[Job]) -> None:
    for job in jobs:
        if not job.done.done():
            if job.error is None:
                job.done.set_result(job.result)
            else:
                job.done.set_exception(job.error)


def answer(jobs: list[Job]) -> None:
    """Wakes whoever waits for these jobs, with one call into each event loop."""
    loops: dict[asyncio.AbstractEventLoop, list[Job]] = {}
    for job in jobs:
        if job.loop is None:
            job.done.set()
        else:
            loops.setdefault(job.loop, []).append(job)
    for loop, waiting in loops.items():
        loop.call_soon_threadsafe(_tell, waiting)


class Writer:
    """Owns the writing connection, in a thread of its own."""

    def __init__(self, connect: Callable[[], Connection]) -> None:
        self._connect = connect
        self._connection = connect()
        self._queue: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._stopped: WritesStopped | None = None
        self._thread = threading.Thread(target=self._run, name="writer", daemon=True)
        self._thread.start()

    async def write(self, work: Callable[[Transaction], T]) -> T:
        """Runs `work` in a transaction; returns after the commit, or raises what it raised."""
        job = Job(work)
        job.loop = asyncio.get_running_loop()
        job.done = job.loop.create_future()
        self._queue.put(job)
        result: T = await job.done
        return result

    def write_now(self, work: Callable[[Transaction], T]) -> T:
        """The same for a caller without an event loop."""
        job = Job(work)
        job.done = threading.Event()
        self._queue.put(job)
        job.done.wait()
        if job.error is not None:
            raise job.error
        result: T = job.result
        return result

    def close(self) -> None:
        """Finishes what is queued and closes the connection."""
        self._queue.put(None)
        self._thread.join()
        self._connection.close()

    def _run(self) -> None:
        while True:
            first = self._queue.get()
            if first is None:
                return
            group, last = self._gather(first)
            self._commit(group)
            answer(group)
            if last:
                return

    def _gather(self, first: Job) -> tuple[list[Job], bool]:
        group = [first]
        while len(group) < GROUP:
            try:
                job = self._queue.get_nowait()
            except queue.Empty:
                break
            if job is None:
                return group, True
            group.append(job)
        return group, False

    def _commit(self, group: list[Job]) -> None:
        """One transaction for all; where the database fails, one for each, so that no one
        suffers from another's trouble."""
        if self._stopped is not None:
            for job in group:
                job.error = self._stopped
            return
        trouble = self._together(group)
        if trouble is None:
            return
        if isinstance(trouble, WritesStopped):
            self._stopped = trouble
        if len(group) == 1 or self._stopped is not None:
            for job in group:
                job.result, job.error = None, trouble
            return
        for job in group:
            self._commit([job])

    def _together(self, group: list[Job]) -> DatabaseError | None:
        try:
            transaction = self._connection.begin()
            for job in group:
                job.result, job.error = None, None
                self._one(transaction, job)
            self._connection.commit()
        except Exception as error:
            meaning = self._connection.meaning(error)
            try:
                self._connection.rollback()
            except Exception:
                self._connection = self._connect()
            return meaning or Busy(str(error))
        return None

    def _one(self, transaction: Transaction, job: Job) -> None:
        """What a rule raises undoes its own job alone; what the database raises, the group."""
        transaction.savepoint()
        try:
            job.result = job.work(transaction)
        except Exception as error:
            if self._connection.meaning(error) is not None:
                raise
            transaction.undo()
            job.error = error
        else:
            transaction.keep()
