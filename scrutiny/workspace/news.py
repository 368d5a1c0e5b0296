"""Reports from threads, taken up in the thread that they are meant for."""

import contextlib
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator


class News:
    """Takes reports in any thread, and hands them over in one."""

    def __init__(self) -> None:
        self._reports: deque[object] = deque()
        self._arrived = threading.Condition()
        self._listeners: list[Callable[[], object]] = []

    def listen(self, listener: Callable[[], object]) -> None:
        """Have a function called, in whichever thread, whenever a report has come or something else has changed."""
        self._listeners.append(listener)

    def receive(self, report: object) -> None:
        """Take a report, in whichever thread."""
        with self._arrived:
            self._reports.append(report)
            self._arrived.notify_all()
        self.tell()

    def tell(self) -> None:
        """Call those who listen."""
        for listener in self._listeners:
            with contextlib.suppress(Exception):  # a screen that is gone must not end the saving
                listener()

    def take(self) -> Iterator[object]:
        """The reports that have come, each once."""
        while self._reports:
            yield self._reports.popleft()

    def wait(self, true: Callable[[], bool], deadline: float) -> bool:
        """Wait until something is true, which is asked again after each report; returns whether it is.

        Args:
            true: Takes up the reports and answers.
            deadline: When to give up, by the monotonic clock.
        """
        while not true():
            with self._arrived:
                if not self._reports:
                    rest = deadline - time.monotonic()
                    if rest <= 0:
                        return False
                    self._arrived.wait(rest)
        return True
