"""The libraries of the extra `export`, imported where a form first needs one."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import Any

from posture.errors import PostureError

EXTRA = "export"
_CALLED = {"pyarrow": "Parquet", "xlsxwriter": "XLSX"}


@cache
def needed(name: str) -> Any:
    """Return a library; raises PostureError, which names the extra that it comes with, where it is not installed."""
    try:
        return import_module(name)
    except ImportError:
        form = _CALLED.get(name.partition(".")[0], name)
        raise PostureError(
            f'{form} files need one more part: pip install "force-posture[{EXTRA}]"; csv and json work without it'
        ) from None
