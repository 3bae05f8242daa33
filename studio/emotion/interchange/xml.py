"""XML read safely, every element with its line and column, and written again.

A DOCTYPE is refused, so no entity is ever expanded and nothing is fetched (defusedxml's parser); size and depth have
limits. What is read is a tree of `Element`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from xml.sax import SAXParseException
from xml.sax.handler import ContentHandler, feature_namespaces
from xml.sax.saxutils import escape, quoteattr
from xml.sax.xmlreader import AttributesNSImpl, Locator

from defusedxml import DefusedXmlException
from defusedxml.expatreader import DefusedExpatParser

from studio.errors import InputError

# An hour annotated 25 times a second, over 30 values, is about 20 MB; a document past that is a mistake or an attack.
MAX_BYTES = 32 * 2**20
# EmotionML needs 5; SSML nests by hand.
MAX_DEPTH = 100

XML_NAMESPACE = "http://www.w3.org/XML/1998/namespace"
# What XML 1.0 has no way to write: most control characters, lone surrogates, two non-characters.
_ILLEGAL = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# A byte order mark, blanks and the XML declaration, which only stands right at the beginning.
_HEAD = re.compile(r"([\s\ufeff]*)(<\?xml\s.*?\?>)?", re.DOTALL)
_HEAD_BYTES = re.compile(rb"(\xef\xbb\xbf)?([ \t\r\n]*)(<\?xml\s.*?\?>)?", re.DOTALL)
Name = tuple[str | None, str]
Source = str | bytes | Path


@dataclass(frozen=True)
class Element:
    """An element: `name` is (namespace or None, local name), as are the keys of `attributes`.

    children: Elements and text, in order; comments and processing instructions are left out. `line` and `column` count
    from 1 and do not matter to equality; `where` names the document.
    """

    name: Name
    attributes: Mapping[Name, str] = field(default_factory=dict)
    children: tuple[Element | str, ...] = ()
    line: int = field(default=0, compare=False)
    column: int = field(default=0, compare=False)
    where: str = field(default="", compare=False)

    @property
    def tag(self) -> str:
        """The local name."""
        return self.name[1]

    @property
    def elements(self) -> Iterator[Element]:
        """The children that are elements."""
        return (c for c in self.children if isinstance(c, Element))

    @property
    def text(self) -> str:
        """The text directly inside, without that of the elements in it."""
        return "".join(c for c in self.children if isinstance(c, str))

    def get(self, attribute: str) -> str | None:
        """An attribute without namespace."""
        return self.attributes.get((None, attribute))

    def error(self, sentence: str) -> InputError:
        """The error that says what is wrong here."""
        return located(self.where, self.line, self.column, sentence)


def located(where: str, line: int, column: int, sentence: str) -> InputError:
    """An InputError with its place in front."""
    return InputError(f"{where}, line {line}, column {column}: {sentence}")


def parse(source: Source, what: str) -> Element:
    """The root element of a document: its text, its bytes or the path of its file. Blanks may stand before it.

    what: the document's kind, for errors ("the EmotionML"). Raises InputError with line and column for what is no
    well-formed XML, for a DOCTYPE, and past MAX_BYTES or MAX_DEPTH.
    """
    where = source.name if isinstance(source, Path) else what[0].upper() + what[1:]
    try:
        data = source.read_bytes() if isinstance(source, Path) else source
    except OSError as e:
        raise InputError(f"The file {where} can't be read: {e.strerror or e}.") from e
    if len(data) > MAX_BYTES:
        raise InputError(f"{where} has more than {MAX_BYTES >> 20} MB; split it.")
    parser = DefusedExpatParser(forbid_dtd=True)
    parser.setFeature(feature_namespaces, True)
    builder = _Builder(where, parser)
    parser.setContentHandler(builder)
    try:
        parser.feed(_headed(data))
        parser.close()
    except DefusedXmlException as e:
        line, column = _place(parser)
        raise located(where, line, column, "a DOCTYPE is not read, for safety; leave it out.") from e
    except SAXParseException as e:
        line, column = (e.getLineNumber() or 1), (e.getColumnNumber() or 0) + 1
        raise located(where, line, column, f"this is no well-formed XML ({e.getMessage()}).") from e
    except (UnicodeError, LookupError, ValueError) as e:
        raise located(where, *_place(parser), f"the text can't be decoded ({e}).") from e
    return builder.root


def _headed(data: str | bytes) -> str | bytes:
    """The document with blanks before the XML declaration put behind it, so that later lines keep their numbers."""
    if isinstance(data, str):
        return _HEAD.sub(lambda m: (m[2] or "") + m[1].replace("\ufeff", ""), data, count=1)
    return _HEAD_BYTES.sub(lambda m: (m[1] or b"") + (m[3] or b"") + m[2], data, count=1)


def document(root: Element) -> str:
    """The text of a document with this root, ending in a line break. Raises InputError for what XML can't hold."""
    text = f'<?xml version="1.0" encoding="UTF-8"?>\n{_written(root, None, 0)}\n'
    if illegal := _ILLEGAL.search(text):
        raise InputError(f"The character U+{ord(illegal[0]):04X} can't stand in XML; leave it out.")
    return text


class _Builder(ContentHandler):
    """Builds the tree from the parser's events."""

    def __init__(self, where: str, locator: Locator) -> None:
        super().__init__()
        self._where, self._locator = where, locator
        self._open: list[tuple[Name, dict[Name, str], list[Element | str], int, int]] = []
        self.root = Element((None, ""))

    # The names are those of the interface.
    def startElementNS(self, name: Name, qname: str | None, attrs: AttributesNSImpl) -> None:  # noqa: N802
        line, column = _place(self._locator)
        if len(self._open) == MAX_DEPTH:
            raise located(self._where, line, column, f"elements are nested deeper than {MAX_DEPTH}.")
        self._open.append((name, dict(attrs.items()), [], line, column))

    def endElementNS(self, name: Name, qname: str | None) -> None:  # noqa: N802
        opened, attributes, children, line, column = self._open.pop()
        element = Element(opened, attributes, tuple(children), line, column, self._where)
        if self._open:
            self._open[-1][2].append(element)
        else:
            self.root = element

    def characters(self, content: str) -> None:
        children = self._open[-1][2]
        if children and isinstance(children[-1], str):
            children[-1] += content
        else:
            children.append(content)


def _place(locator: Locator) -> tuple[int, int]:
    return locator.getLineNumber() or 1, (locator.getColumnNumber() or 0) + 1


def _written(element: Element, namespace: str | None, depth: int) -> str:
    """An element as text; indented unless there is text among its children, which blanks would change."""
    own, tag = element.name
    head = [tag]
    if own != namespace:
        head.append(f"xmlns={quoteattr(own or '')}")
    for i, ((space, name), value) in enumerate(element.attributes.items()):
        if space == XML_NAMESPACE:
            name = f"xml:{name}"
        elif space is not None:
            head.append(f"xmlns:n{i}={quoteattr(space)}")
            name = f"n{i}:{name}"
        head.append(f"{name}={quoteattr(value)}")
    if not element.children:
        return f"<{' '.join(head)}/>"
    mixed = any(isinstance(c, str) for c in element.children)
    gap = "" if mixed else "\n" + "  " * (depth + 1)
    inside = "".join(gap + (_text(c) if isinstance(c, str) else _written(c, own, depth + 1)) for c in element.children)
    return f"<{' '.join(head)}>{inside}{'' if mixed else gap[:-2]}</{tag}>"


def _text(text: str) -> str:
    # A bare carriage return would be read back as a line feed.
    return escape(text, {"\r": "&#13;"})
