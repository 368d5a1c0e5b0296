"""A thread that carries out one call after the other, so that nobody has to wait for a disk that hangs."""

import contextlib
import queue
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

Value = TypeVar("Value")


class Worker:
    """Carries out calls in order, in a daemon thread that a program may leave behind when it ends.

    The threads of `concurrent.futures` are waited for at exit, which a hung disk would make last for ever.

    Args:
        name: The thread's name.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._calls: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._running = 0

    @property
    def busy(self) -> bool:
        """Whether a call is being carried out or waits."""
        return self._running > 0

    def start(self) -> bool:
        """Start the thread unless it runs already; returns whether it runs."""
        with self._lock:
            if self._thread is None:
                thread = threading.Thread(target=self._run, name=self._name, daemon=True)
                try:
                    thread.start()
                except (RuntimeError, MemoryError):
                    return False
                self._thread = thread
            return True

    def call(self, function: Callable[[], Value]) -> "Future[Value]":
        """Carry out a call after those that were handed in before; in the caller's thread if there can be no other."""
        future: Future[Value] = Future()

        def carry_out() -> None:
            try:
                result = function()
            except BaseException as error:  # noqa: BLE001 - handed to whoever asks for the result
                self._count(-1)
                future.set_exception(error)
            else:
                self._count(-1)
                future.set_result(result)

        self._count(1)
        if self.start():
            self._calls.put(carry_out)
        else:
            carry_out()
        return future

    def wait(self, timeout: float) -> None:
        """Wait until all calls were carried out, for at most so many seconds."""
        deadline = time.monotonic() + timeout
        while self.busy and time.monotonic() < deadline:
            time.sleep(0.002)

    def stop(self) -> None:
        """End the thread after the calls that were handed in."""
        with self._lock:
            if self._thread is not None:
                self._calls.put(None)
                self._thread = None

    def _count(self, change: int) -> None:
        with self._lock:
            self._running += change

    def _run(self) -> None:
        while (call := self._calls.get()) is not None:
            with contextlib.suppress(Exception):
                call()
            del call  # and with it what it holds, before the thread waits for the next one
