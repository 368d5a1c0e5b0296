"""Asking a disk without holding up the screen."""

import asyncio
from collections.abc import Callable
from typing import Protocol, TypeVar

from scrutiny.errors import FileProblem
from scrutiny.workspace.worker import Worker

Value = TypeVar("Value")

PATIENCE = 10.0
"""Seconds after which a disk that was asked for something is said not to answer."""


class AsksDisk(Protocol):
    """An application in which a form asks a disk."""

    async def ask_disk(self, function: Callable[[], Value]) -> Value:
        """Carry out a function that may wait for a disk; what is typed meanwhile is for what is shown next."""


async def on_disk(function: Callable[[], Value], patience: float = PATIENCE) -> Value:
    """Carry out a function that may wait for a disk, in a thread that the program may leave behind.

    Raises:
        FileProblem: The disk has not answered in time. What was begun may still be carried out.
    """
    worker = Worker("disk")
    asked = worker.call(function)
    worker.stop()
    try:
        return await asyncio.wait_for(asyncio.shield(asyncio.wrap_future(asked)), patience)
    except TimeoutError as error:
        if asked.done():
            raise
        raise FileProblem(
            "The disk does not answer.", hint="Check the disk or the network connection, then try again."
        ) from error
