"""Someone at the keyboard and the mouse of the running application."""

import asyncio
import re
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from textual import events
from textual.errors import NoWidget
from textual.keys import _character_to_key
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Button, Input, Select, Static, TextArea

from scrutiny.model.assessment import Answer, Assessment
from scrutiny.settings import Settings, load_remembered
from scrutiny.store import assessments
from scrutiny.tui.app import ScrutinyApp
from scrutiny.tui.dialogs.confirm import Choice
from scrutiny.tui.screens.walk import WalkScreen
from scrutiny.tui.widgets.key_bar import KeyBar
from scrutiny.tui.widgets.save_status import SaveStatus
from scrutiny.workspace.session import Session

CONTROL = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
"""What must never reach a terminal: control characters, bidirectional overrides, halves of characters."""

PATIENCE = 20.0
"""Seconds to wait for what must happen: far longer than it takes on a busy machine."""

WIDE, NORMAL, NARROW, TOO_SMALL = (120, 36), (80, 24), (60, 15), (59, 14)
"""The sizes of window that the interface is made for, and one below."""


class Player:
    """A person, with what they can do and what they can see.

    Args:
        pilot: Textual's own, for the mouse and the window.
        app: The running application.
    """

    def __init__(self, pilot: Pilot[None], app: ScrutinyApp) -> None:
        self._pilot = pilot
        self.app = app

    # What a person does

    async def press(self, *keys: str) -> None:
        """Press keys one after the other, each once everything that the one before did is done."""
        for key in keys:
            await self.burst(key)

    async def burst(self, *keys: str) -> None:
        """Press keys faster than the program works: all are waiting before the first is looked at."""
        for key in keys:
            self.app.post_message(self.key(key))
        await self.settle()

    @staticmethod
    def key(key: str) -> events.Key:
        """A key as a terminal sends it."""
        name = _character_to_key(key) if len(key) == 1 else key
        letter = key.removeprefix("alt+")  # most terminals send it along, as if it had been typed
        return events.Key(name, letter if len(letter) == 1 else " " if key == "space" else None)

    async def write(self, text: str) -> None:
        """Type a text, fast."""
        await self.burst(*text)

    async def paste(self, text: str) -> None:
        """Paste a text, as a terminal hands it over, where the focus is."""
        self.app.post_message(events.Paste(text))
        await self.settle()

    async def fill(self, selector: str, text: str) -> None:
        """Replace what stands in a field by a text that is pasted."""
        field = self.app.screen.query_one(selector, Widget)
        field.focus()
        await self.settle()
        if isinstance(field, Input):
            field.action_delete_left_all()
            field.action_delete_right_all()
        elif isinstance(field, TextArea):
            field.select_all()
        await self.paste(text)

    async def choose(self, selector: str, value: str) -> None:
        """Choose in a field of choices."""
        self.app.screen.query_one(selector, Select).value = value
        await self.settle()

    async def click(self, target: str | Widget, at: tuple[int, int] | None = None) -> None:
        """Click on the middle of a widget, or on one cell of it."""
        widget = self.app.screen.query_one(target, Widget) if isinstance(target, str) else target
        await self.until(lambda: not widget.has_class("-active"))  # a button that is still going down
        region = widget.content_region
        column, row = region.center if at is None else (region.x + at[0], region.y + at[1])
        x, y = int(column), int(row)
        assert self.app.screen.get_widget_at(x, y)[0] in widget.walk_children(with_self=True), "something is above it"
        for kind, button in ((events.MouseMove, 0), (events.MouseDown, 1), (events.MouseUp, 1)):
            self.app.post_message(kind(None, x, y, 0, 0, button, False, False, False, x, y))  # noqa: FBT003
            await self.settle()

    async def click_hint(self, label: str) -> None:
        """Click on a hint in the key bar."""
        bar = self.app.screen.query_one(KeyBar)
        x = 0
        for hint in bar._fitting():
            if hint.label == label:
                await self.click(bar, at=(x + 1, 0))
                return
            x += bar._content(hint).cell_length
        raise AssertionError(f"the key bar does not show {label}")

    async def resize(self, size: tuple[int, int]) -> None:
        """Make the window larger or smaller."""
        await self._pilot.resize_terminal(*size)
        await self.settle()

    async def answer(self, key: str) -> None:
        """Press the button of an answer to the question on the screen."""
        await self.until(lambda: isinstance(self.app.screen, Choice))
        self.app.screen.query_one(f"#{key}", Button).press()
        await self.settle()

    # What a person waits for

    async def settle(self) -> None:
        """Wait until every widget has done what it had to do."""
        deadline = time.monotonic() + PATIENCE
        while not self.app._exit and self.app._exception is None:
            assert time.monotonic() < deadline, "the program does not come to rest"
            for _ in range(50):
                if not self._busy():
                    break
                await asyncio.sleep(0)
            await self._pilot._wait_for_screen(PATIENCE)
            await asyncio.sleep(0.005 if self.app.asked else 0)
            if not self._busy():
                return

    def _busy(self) -> bool:
        if self.app.asked:
            return True
        pumps = (self.app, *self.app.screen.walk_children(with_self=True))
        return any(not pump._message_queue.empty() for pump in pumps)

    async def until(self, condition: Callable[[], object]) -> None:
        """Wait for something to become true."""
        deadline = time.monotonic() + PATIENCE
        while not condition():
            assert self.app._exception is None, "the program has failed"
            assert time.monotonic() < deadline, f"in vain; on the screen stands:\n{self.shown()}"
            await asyncio.sleep(0.005)
        if not self.app._exit:
            await self.settle()

    async def until_on(self, screen: type[Screen[Any]]) -> None:
        """Wait for a screen or a dialog to be in front."""
        await self.until(lambda: isinstance(self.app.screen, screen) and self.app.screen.is_mounted)

    async def until_shown(self, words: str) -> None:
        """Wait for words to stand on the screen."""
        await self.until(lambda: words in self.shown())

    async def until_gone(self, words: str) -> None:
        """Wait for words to stand on the screen no more."""
        await self.until(lambda: words not in self.shown())

    # What a person sees

    def lines(self) -> list[str]:
        """The screen as it is painted, line by line."""
        strips = self.app.screen._compositor.render_strips()
        return ["".join(segment.text for segment in strip) for strip in strips]

    def shown(self) -> str:
        """The screen as it is painted."""
        return "\n".join(self.lines())

    def asked(self) -> str:
        """The question or the problem in front, in full; empty where there is none."""
        front = self.app.screen
        return f"{front._question} {front._detail}" if isinstance(front, Choice) else ""

    def said(self) -> list[str]:
        """Every notice that has been given and not gone yet."""
        return [notice.message for notice in self.app._notifications]

    def assert_clean(self) -> None:
        """Nothing on the screen or in a notice could act on a terminal."""
        for text in (*self.lines(), *self.said()):
            found = CONTROL.search(text)
            assert found is None, f"{found.group()!r} in {text!r}"

    def visible(self, widget: Widget) -> bool:
        """Whether the whole of a widget is inside the window and inside everything it stands in."""
        place = self.app.screen.find_widget(widget)
        return bool(place.region) and place.clip.contains_region(place.region)

    def in_sight(self, widget: Widget) -> bool:
        """Whether a part of a widget is to be seen."""
        try:
            place = self.app.screen.find_widget(widget)
        except NoWidget:  # it has not been laid out yet
            return False
        return bool(place.region) and place.clip.overlaps(place.region)

    # What is true

    @property
    def session(self) -> Session:
        """The session of the open assessment."""
        session = self.app.session
        assert session is not None
        return session

    @property
    def assessment(self) -> Assessment:
        """The open assessment."""
        return self.session.assessment

    @property
    def walk(self) -> WalkScreen:
        """The walk, wherever it is in the stack of screens."""
        return next(screen for screen in self.app.screen_stack if isinstance(screen, WalkScreen))

    @property
    def here(self) -> Answer:
        """The answer to the statement in hand."""
        return self.assessment.answer(self.walk.statement.id)

    def value(self, selector: str) -> str:
        """What stands in a field of one line."""
        return self.app.screen.query_one(selector, Input).value

    def wrong(self) -> str:
        """What the form in front says is wrong; empty where it says nothing."""
        place = self.app.screen.query_one(".wrong", Static)
        return str(place.render()) if place.display else ""

    @property
    def focused(self) -> str:
        """The id, or else the class, of what has the focus."""
        focused = self.app.focused
        return "" if focused is None else focused.id or type(focused).__name__

    def save_status(self) -> str:
        """What the top line says of the file."""
        return self.walk.query_one(SaveStatus).render().plain

    async def until_saved(self) -> Assessment:
        """Wait until everything is on the disk, and read it from there."""
        session = self.session
        await self.until(lambda: not session.unsaved)
        return assessments.load(session.path).assessment


@asynccontextmanager
async def playing(app: ScrutinyApp, size: tuple[int, int] = WIDE) -> AsyncIterator[Player]:
    """Run the application in a window of a size, with its notices shown."""
    app.animation_level = "none"
    async with app.run_test(size=size, notifications=True) as pilot:
        player = Player(pilot, app)
        await player.settle()
        yield player
        if app.session is not None:
            app.session.close()


def library(folder: Path, **settings: object) -> ScrutinyApp:
    """The application as it opens on a folder, with what the last run left."""
    return ScrutinyApp(Settings.model_validate(settings), load_remembered(), folder)


def walk(path: Path, **settings: object) -> ScrutinyApp:
    """The application as it opens on an assessment, with what the last run left."""
    session = Session(assessments.load(path))
    return ScrutinyApp(Settings.model_validate(settings), load_remembered(), path.parent, session)
