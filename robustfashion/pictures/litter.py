"""Names that no user gave: what systems, network storage, archives and tools leave in folders of pictures.

The list errs on the side of the user: a name that may be somebody's class (``thumbs``, ``originals``, ``recycled``) is not in it,
and everything that is skipped is told (:class:`~robustfashion.pictures.folders.Skipped`). Names are compared without case, as
Windows and macOS do.
"""

import re
from pathlib import Path

HIDDEN = "hidden names"
SYSTEM = "files of the operating system"
STORAGE = "thumbnails, bins and snapshots of network storage"
TOOLS = "files of version control and archives"
SIDECARS = "notes of programs beside pictures"
UNFINISHED = "unfinished downloads and backups of editors"

_NAMES: dict[str, tuple[str, ...]] = {
    SYSTEM: (
        "__macosx", "icon\r", "desktop db", "desktop df", "network trash folder", "temporary items", "thevolumesettingsfolder",
        "thumbs.db", "thumbs.db:encryptable", "desktop.ini", "picasa.ini", "system volume information", "$recycle.bin",
        "$extend", "recycler", "lost+found", "lost.dir",
    ),
    STORAGE: (
        "@eadir", "@tmp", "@sharebin", "#recycle", "#snapshot",  # Synology
        "synoindex_media_info",
        "@__thumb", "@recycle", "@recently-snapshot",  # QNAP
        "~snapshot",  # NetApp; its other name .snapshot is hidden
    ),
    TOOLS: ("__pycache__", "_darcs", "pax_global_header", "@longlink"),
}  # fmt: skip
_REASONS = {name: reason for reason, names in _NAMES.items() for name in names}

_PATTERNS = (
    (re.compile(r"(ehthumbs.*|thumbcache_.*)\.db|found\.\d{3}|albumart(small|_\{[0-9a-f-]+\}_(small|large))\.jpg"), SYSTEM),
    (re.compile(r"syno(file|photo)_thumb_.*|.*@syno(eastream|resource)"), STORAGE),
    (re.compile(r"paxheaders?(\.(\d+|x))?"), TOOLS),
    (re.compile(r".*\.(aae|xmp|thm|pp3|dop|nksc)|(.*[:._])?zone\.identifier(:\$data)?"), SIDECARS),
    (re.compile(r".*\.(jpe?g|png|webp|gif|bmp|heic)(\.supplemental-metadata)?(\(\d+\))?\.json"), SIDECARS),  # Google Takeout
    (re.compile(r".*\.(crdownload|opdownload|filepart|aria2|!ut|!qb)"), UNFINISHED),
    (re.compile(r".*\.\w{2,5}(\.(part|partial|crdownload|opdownload|download|filepart|tmp|swp)|~)|#.*\.\w{2,5}#"), UNFINISHED),
)
_CVS = ("Entries", "Repository", "Root")
"""Files that CVS keeps in each of its folders; a folder without them is a class that happens to be called so."""


def litter(folder: str, name: str) -> str | None:
    """Why an entry of a folder is no picture of the user's and no folder of them; None: it may be one.

    Args:
        folder: path of the folder that the entry stands in; it is looked at only where the name alone does not decide.
        name: of the entry, a file or a folder.

    Returns:
        One of :data:`HIDDEN`, :data:`SYSTEM`, :data:`STORAGE`, :data:`TOOLS`, :data:`SIDECARS`, :data:`UNFINISHED`.
    """
    if name.startswith("."):
        return HIDDEN
    plain = name.casefold()
    reason = _REASONS.get(plain) or next((why for pattern, why in _PATTERNS if pattern.fullmatch(plain)), None)
    if reason is None and plain == "cvs" and all(Path(folder, name, file).is_file() for file in _CVS):
        return TOOLS
    return reason
