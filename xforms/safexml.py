"""Reading XML that nobody vouches for: size, depth and encoding bounded, document types and entities refused."""

from __future__ import annotations

import re

from lxml import etree

from xforms.errors import FormError

MAX_BYTES = 16 * 1024 * 1024
MAX_DEPTH = 64
MAX_MARKS = 1_000_000
"""Tags of a document: elements cost many times the memory that their letters do."""

_DECLARATION = re.compile(r"^\ufeff?\s*<\?xml[^>]{0,200}\?>")
# Nothing legal before the root element holds this word but a comment, which may as well be refused.
_FORBIDDEN = re.compile(r"<!\s*(DOCTYPE|ENTITY)", re.IGNORECASE)
# The first element that is too deep, looked for by the parser's own library: a form has tens of thousands of elements.
_BEYOND = etree.XPath(f"(/{'/*' * (MAX_DEPTH + 1)})[1]".replace("//", "/"))
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def read(xml: str | bytes) -> etree._Element:
    """Parses one document and returns its root element, without comments and processing instructions.

    Args:
        xml: Text, or UTF-8 bytes with or without a byte order mark.

    Raises:
        FormError: ``too_large`` (16 MB, or a million tags), ``encoding`` (not UTF-8), ``doctype`` (a document type or
            entity declaration), ``malformed`` (not well-formed), ``too_deep`` (more than 64 levels).
    """
    if len(xml) > MAX_BYTES:
        raise FormError("too_large", f"the document is larger than {MAX_BYTES} bytes")
    text = _decoded(xml)
    if _FORBIDDEN.search(text):
        raise FormError("doctype", "document types and entity declarations are refused")
    if text.count("<") > MAX_MARKS:
        raise FormError("too_large", f"the document has more than {MAX_MARKS} tags")
    # The declaration is dropped because the text is decoded already: it must not name another encoding to the parser.
    data = _DECLARATION.sub("", text).lstrip("\ufeff").encode("utf-8", "surrogatepass")
    if len(data) > MAX_BYTES:
        raise FormError("too_large", f"the document is larger than {MAX_BYTES} bytes")
    parser = etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        if "depth" in (error.msg or ""):  # the parser's own bound, far above ours
            raise FormError("too_deep", f"elements are nested more than {MAX_DEPTH} levels deep") from error
        raise FormError("malformed", f"not well-formed XML: {error.msg}") from error
    _bound_depth(root)
    return root


def printable(value: str) -> str:
    """Drops the characters that XML 1.0 cannot hold (most control characters, lone surrogates)."""
    # Nothing printable is forbidden, and that is asked in no time.
    return value if value.isprintable() else _NOT_XML.sub("", value)


def _decoded(xml: str | bytes) -> str:
    if isinstance(xml, str):
        return xml
    try:
        return xml.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise FormError("encoding", f"the document is not UTF-8 (byte {error.start})") from error


def _bound_depth(root: etree._Element) -> None:
    found = _BEYOND(root)
    if isinstance(found, list) and found:
        place = str(found[0].tag) if isinstance(found[0], etree._Element) else ""
        raise FormError("too_deep", f"elements are nested more than {MAX_DEPTH} levels deep", place)
