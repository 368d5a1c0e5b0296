"""Keys and clicks in the order of their effects: one passes only once what the one before it did is done.

Textual 8.2.8 hands a key to whatever has the focus when the key arrives, while what an earlier key does still travels
from widget to widget. Where keys come in one piece, as over a slow line or while the machine is busy, the letters after
the key that begins a note were commands, and gave ratings.
"""

import asyncio
import contextlib
from collections import deque
from collections.abc import Awaitable, Callable, Sequence

from textual.app import App, ScreenStackError
from textual.errors import NoWidget
from textual.events import Event, Key, MouseDown, MouseEvent, MouseMove, MouseUp, Paste
from textual.message_pump import MessagePump
from textual.widget import Widget
from textual.widgets import Input, TextArea

_ROUNDS = 2
"""How often a key's way is gone behind it: what a message from a widget makes another widget say comes one later."""

_LOOK_AFTER = 0.02
"""Seconds after which it is found out that a key is done, if no other has asked before."""

_LONGEST_HOLD = 0.5
"""The most seconds that keys are held while a disk is asked for what the next screen shows."""

_LONGEST = 2.0
"""The most seconds that a key is held: a widget on the way may be gone, with what was told it."""


class KeyOrder:
    """Holds keys, pastes and what the mouse does back until what came before them is done.

    Args:
        app: The application.
        forward: Gives a key to whatever has the focus.
    """

    def __init__(self, app: App[None], forward: Callable[[Event], Awaitable[None]]) -> None:
        self._app = app
        self._forward = forward
        self._held: deque[Event] = deque()
        self._typed_into: Widget | None = None
        """The field that the latest key was a letter for: another one for it need not wait."""
        self._clicked: Widget | None = None
        """Where the mouse was pressed or let go last: what that does goes another way than a key."""
        self._done = True
        self._waits = 0
        """A number for each wait, so that only its own end ends it."""
        self._waiting = False
        self._holds = 0
        """How many answers of a disk keys wait for."""

    async def take(self, event: Event) -> None:
        """Pass a key on now, or as soon as it may go."""
        self._held.append(event)
        await self._pass_on()

    def hold(self) -> Callable[[], None]:
        """Hold keys back until a disk has answered, though not for long; returns what is to be called then."""
        self._holds += 1
        waits = True

        def end() -> None:
            nonlocal waits
            if waits:
                waits = False
                self._holds -= 1
                self._waiting = self._done = False
                self._wait()

        asyncio.get_running_loop().call_later(_LONGEST_HOLD, end)
        return end

    def behind(self, then: Callable[[], object]) -> None:
        """Do something after the keys that are held, and after what they do."""
        if self._held or self._holds or not self._done:
            self._wait()
            self._app.set_timer(_LOOK_AFTER, lambda: self.behind(then))
        else:
            then()

    async def _pass_on(self) -> None:
        while self._held:
            if not self._may_go(self._held[0]):
                self._wait()
                return
            event = self._held.popleft()
            if isinstance(event, MouseEvent) and not isinstance(event, MouseDown | MouseUp):
                await self._forward(event)  # which moves nothing that keys depend on
                continue
            self._typed_into = self._field_for(event)
            self._clicked = self._under(event)
            self._done = False
            await self._forward(event)
            if self._typed_into is None:
                asyncio.get_running_loop().call_later(_LOOK_AFTER, self._wait)

    def _may_go(self, event: Event) -> bool:
        if self._holds:
            return False
        if isinstance(event, MouseMove) and self._typed_into is None and self._clicked is not None:
            return True  # between pressing and letting go
        return self._done or (self._typed_into is not None and self._typed_into is self._field_for(event))

    def _field_for(self, event: Event) -> Widget | None:
        focused = self._app.focused
        if not isinstance(focused, Input | TextArea) or (isinstance(focused, TextArea) and focused.read_only):
            return None
        if isinstance(event, Key) and (not event.is_printable or event.key.startswith("alt+")):
            return None
        return None if isinstance(event, MouseEvent) else focused

    def _under(self, event: Event) -> Widget | None:
        if not isinstance(event, MouseEvent):
            return None
        try:
            return self._app.get_widget_at(event.x, event.y)[0]
        except NoWidget:
            return None

    def _wait(self) -> None:
        if self._waiting or self._done:
            return
        self._waiting = True
        self._waits += 1
        number = self._waits
        asyncio.get_running_loop().call_later(_LONGEST, self._end, number)
        way = self._clicked.ancestors_with_self if self._clicked else []
        follow(way, lambda: self._go_behind(_ROUNDS, number))

    def _go_behind(self, rounds: int, number: int) -> None:
        with contextlib.suppress(ScreenStackError):  # the program ends
            if rounds:
                focused = self._app.focused
                way = focused.ancestors_with_self if focused else [self._app.screen, self._app]
                follow(way, lambda: self._go_behind(rounds - 1, number))
            else:  # a screen that a key has opened may only be beginning, and what has the focus is told to the app
                follow([self._app.screen, self._app], lambda: self._end(number))

    def _end(self, number: int) -> None:
        if self._waiting and number == self._waits:
            self._waiting = False
            self._done = True
            if self._held:
                self._app.call_later(self._pass_on)


def follow(way: Sequence[MessagePump], then: Callable[[], object]) -> None:
    """Do something after the messages that are on their way along some widgets, by going the same way."""
    if not way:
        then()
    elif not way[0].call_later(follow, way[1:], then):
        follow(way[1:], then)


def ordered(event: Event) -> bool:
    """Whether an event is a key, a paste or the mouse's, and has just come from the terminal."""
    return isinstance(event, Key | Paste | MouseEvent) and not event.is_forwarded
