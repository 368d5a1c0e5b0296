"""Ending the process although a thread still waits for a disk that does not answer."""

import contextlib
import os
import sys
import threading
import time

_LAST_MOMENT = 0.3
"""Seconds for which threads that are about to end are waited for."""


def end_at_the_latest(seconds: float) -> None:
    """End the process after so many seconds, if it has not ended by itself by then."""
    timer = threading.Timer(seconds, os._exit, (1,))
    timer.daemon = True
    with contextlib.suppress(RuntimeError, MemoryError):  # no thread can be had: it ends by itself or not at all
        timer.start()


def leave_hung_threads(return_code: int) -> None:
    """End the process at once if it has threads that Python would wait for and that do not end."""
    deadline = time.monotonic() + _LAST_MOMENT
    waited_for = [
        thread for thread in threading.enumerate() if thread is not threading.main_thread() and not thread.daemon
    ]
    for thread in waited_for:
        thread.join(max(0.0, deadline - time.monotonic()))
    if any(thread.is_alive() for thread in waited_for):
        for stream in (sys.stdout, sys.stderr):
            with contextlib.suppress(OSError, ValueError, AttributeError):
                stream.flush()
        os._exit(return_code)
