"""When a session saves, looks at its file and keeps text aside, as one value that tests can replace."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Timing:
    """How long a session waits for what, in seconds."""

    quiet: float = 0.4
    """A save begins when nothing was changed for this long."""
    longest: float = 0.8
    """However fast someone types, a save begins this long after the first unsaved change."""
    retries: tuple[float, ...] = (1.0, 2.0, 4.0, 8.0)
    """Pauses after failed saves, one after the other; the last one repeats."""
    join: float = 2.0
    """Keys typed into one note within this time of each other are undone together."""
    recovery: float = 0.9
    """Text that has been unsaved for this long is kept in a recovery file."""
    recovery_place: float = 0.5
    """A recovery folder that does not answer for this long is passed over for the next one."""
    late: float = 2.0
    """Text that has been unsaved for this long is called not saved, even if no save has failed."""
    settled: float = 0.05
    """After a save, a writer that does not use our lock has finished replacing the file after this long."""


USUAL = Timing()
"""The timing of sessions that are given no other."""
