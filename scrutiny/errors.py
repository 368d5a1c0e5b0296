"""The errors a person sees: one plain sentence, the details where they help, and the next step."""


class ScrutinyError(Exception):
    """Something a person has to know about and can do something about.

    Args:
        title: One plain sentence that says what is wrong and where.
        detail: Further sentences, one a line, such as every problem found in a file.
        hint: The next step, as a sentence.

    No part of it may hold the text of a note: errors are shown, logged and copied around.
    """

    def __init__(self, title: str, detail: str = "", hint: str = "") -> None:
        super().__init__(title)
        self.title = title
        self.detail = detail
        self.hint = hint


class FileProblem(ScrutinyError):
    """A file that cannot be read, understood or written."""


class CannotReadNow(FileProblem):
    """The system cannot read a file at present: trying again later may succeed."""


class ChangedElsewhere(FileProblem):
    """The file on disk is no longer the one that was read: somebody else saved it."""


class BeingSaved(FileProblem):
    """Somebody else on this computer has been saving the file for longer than one waits."""


class UnknownName(ScrutinyError):
    """A statement, rating, framework or field was named that does not exist."""


class NotAllowed(ScrutinyError):
    """An edit that the rules of the domain forbid, such as rating a submitted assessment."""
