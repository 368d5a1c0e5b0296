"""What the command palette offers: everything that can be done on the page."""

from collections.abc import AsyncIterator, Coroutine, Iterator
from functools import partial

from textual.command import DiscoveryHit, Hit, Provider
from textual.content import Content

from scrutiny.tui.content import MUTED, join, plain
from scrutiny.tui.keys import EVERYWHERE, Command
from scrutiny.tui.page import Page


class PageCommands(Provider):
    """Everything that can be done on the page, for the command palette."""

    async def discover(self) -> AsyncIterator[DiscoveryHit]:
        """All of it."""
        for command, run in self._commands():
            yield DiscoveryHit(self._shown(command), run, text=self._name(command))

    async def search(self, query: str) -> AsyncIterator[Hit]:
        """What fits the words."""
        matcher = self.matcher(query)
        for command, run in self._commands():
            name = self._name(command)
            score = max(matcher.match(name), matcher.match(command.tooltip) * 0.8)
            if score > 0:
                yield Hit(score, self._shown(command), run, text=name)

    def _commands(self) -> Iterator[tuple[Command, partial[Coroutine[object, object, None]]]]:
        page = self.screen
        if isinstance(page, Page):
            for command in (*page.commands, *EVERYWHERE):
                if command.id != "palette":
                    yield command, partial(page.run_action, command.action)

    def _shown(self, command: Command) -> Content:
        """The name and what it does; not in the palette's own place for help, which reads text as markup."""
        return join(plain(self._name(command)), "\n", (command.tooltip, MUTED))

    def _name(self, command: Command) -> str:
        page = self.screen
        key = page.key_of(command) if isinstance(page, Page) else ""
        return f"{command.label}  ({key})" if key else command.label
