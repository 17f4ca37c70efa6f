"""Text for a place in XML."""

from __future__ import annotations

import re
from xml.sax.saxutils import escape, quoteattr

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that no XML document may hold, not even escaped."""


def text(words: str) -> str:
    """Return words as the text of an element."""
    return escape(_NOT_XML.sub("\ufffd", words), {"\r": "&#13;"})


def element(name: str, words: str, **attributes: str) -> str:
    """Return an element with a text in it."""
    given = "".join(f" {key}={quoteattr(_NOT_XML.sub(chr(0xFFFD), value))}" for key, value in attributes.items())
    return f"<{name}{given}>{text(words)}</{name}>"
