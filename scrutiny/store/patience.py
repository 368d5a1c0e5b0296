"""Not waiting for ever for a disk that does not answer."""

import contextlib
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

Value = TypeVar("Value")


def within(seconds: float, function: Callable[[], Value], late: Callable[[Value], object] | None = None) -> Value:
    """Carry out a function in a thread of its own, and wait for it so many seconds.

    Where no thread can be had, it is carried out in this one.

    Args:
        seconds: The most seconds to wait.
        function: What may take for ever.
        late: What becomes of a result that comes too late.

    Raises:
        TimeoutError: There is no result yet.
    """
    future: Future[Value] = Future()
    given_up = threading.Event()

    def carry_out() -> None:
        try:
            result = function()
        except BaseException as error:  # noqa: BLE001 - raised below
            future.set_exception(error)
        else:
            future.set_result(result)
            if given_up.is_set() and late is not None:
                with contextlib.suppress(Exception):  # nobody waits for it any more
                    late(result)

    try:
        threading.Thread(target=carry_out, name="patience", daemon=True).start()
    except (RuntimeError, MemoryError):
        return function()
    try:
        return future.result(seconds)
    except TimeoutError:
        if future.done():  # it is the function's own, or came at the last moment
            return future.result()
        given_up.set()
        raise
