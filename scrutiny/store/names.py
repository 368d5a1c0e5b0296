"""Names for new files that every system can hold: a shared folder is synced to Windows sooner or later."""

import re
from pathlib import Path

from scrutiny.errors import ScrutinyError

_FORBIDDEN = re.compile(r'[\x00-\x1f\x7f-\x9f<>:"/\\|?*]')
_RESERVED = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³])", re.IGNORECASE)
"""Names of devices, which Windows keeps for itself whatever follows the first dot (Microsoft, "Naming Files")."""


def reserved(stem: str) -> bool:
    """Whether Windows keeps a name, given without its ending, for a device."""
    return _RESERVED.fullmatch(stem) is not None


def check_new_name(path: Path) -> None:
    """Refuse the name of a new file that Windows cannot hold. Files that exist are opened whatever they are called.

    Raises:
        ScrutinyError: The name is reserved, holds a character that is not allowed, or ends in a dot or a space.
    """
    name = path.name
    stem = name.partition(".")[0].rstrip(" ")
    if reserved(stem):
        why = f"it reserves the name “{stem}”"
    elif _FORBIDDEN.search(name):
        why = 'it allows no control characters and none of < > : " / \\ | ? *'
    elif name.endswith((".", " ")):
        why = "it allows no dot or space at the end"
    else:
        return
    raise ScrutinyError(
        f"Windows cannot hold a file called “{name}”: {why}.", hint="Use a name of letters, digits and hyphens."
    )
