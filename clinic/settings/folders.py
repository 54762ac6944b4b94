"""The folders with what patients told us: nobody but their owner may look inside, also if they were there before."""

import stat
from pathlib import Path

from clinic.settings.environment import BASE_DIR


def closed(path):
    """The folder at `path`, made if need be, and closed to others.

    It is left as it is where that would close more than the clinic: the code, a home, a folder that all share.
    """
    path = Path(path)
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    close(path)
    return path


def close(path):
    if not is_open(path) or _is_more_than_ours(path):
        return
    try:
        path.chmod(0o700)
    except OSError:
        return  # somebody else's: `manage.py check --deploy` says so


def is_open(path):
    """Whether somebody else than its owner may look inside."""
    return path.is_dir() and bool(path.stat().st_mode & 0o077)


def _is_more_than_ours(path):
    whole = path.resolve()
    return bool(path.stat().st_mode & stat.S_ISVTX) or any(
        kept.resolve().is_relative_to(whole) for kept in (BASE_DIR, Path.home())
    )
