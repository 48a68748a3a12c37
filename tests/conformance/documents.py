"""XML to the tree that expressions walk, node by node as a browser counts them: CDATA sections stay apart."""

from __future__ import annotations

from xml.parsers import expat

from xforms.data import XFORMS, XMLNS, Element


def dom(xml: str) -> Element:
    """The document node of a text."""
    return _Builder().build(xml)


def prefixes(xml: str) -> dict[str, str]:
    """What the document's own prefixes stand for, wherever they are declared."""
    found: dict[str, str] = {}
    for element in dom(xml).below():
        for node in element.attribute_nodes():
            if node.namespace == XMLNS:
                found[node.name] = node.text
    return found


class _Builder:
    """What expat reports, put together; prefixes are resolved here, so that what declares them stays an attribute."""

    def __init__(self) -> None:
        self.document = self.at = Element("", kind="document")
        self.scopes: list[dict[str, str]] = [{"xml": "http://www.w3.org/XML/1998/namespace"}]
        self.text = ""

    def build(self, xml: str) -> Element:
        parser = expat.ParserCreate()
        parser.ordered_attributes = True
        parser.StartElementHandler = self.begin
        parser.EndElementHandler = self.end
        parser.CharacterDataHandler = self.characters
        parser.StartCdataSectionHandler = self.settle
        parser.EndCdataSectionHandler = self.settle
        parser.CommentHandler = lambda text: self.add(Element("", text, self.at, kind="comment"))
        parser.ProcessingInstructionHandler = lambda target, text: self.add(
            Element(target, text, self.at, kind="processing-instruction")
        )
        parser.StartDoctypeDeclHandler = lambda *_: self.add(Element("", "", self.at, kind="doctype"))
        parser.Parse(xml.encode(), True)
        return self.document

    def begin(self, name: str, given: list[str]) -> None:
        pairs = list(zip(given[::2], given[1::2], strict=True))
        declared = {key.partition(":")[2]: value for key, value in pairs if key == "xmlns" or key.startswith("xmlns:")}
        self.scopes.append({**self.scopes[-1], **declared})
        attributes = {self.expanded(key, attribute=True): value for key, value in pairs if key != "xmlns"}
        namespace, _, local = self.expanded(name, attribute=False).rpartition("}")
        element = Element(local, "", self.at, namespace[1:], attributes=attributes)
        if element.namespace == XFORMS:
            element.namespace = ""
        self.add(element)
        self.at = element

    def end(self, name: str) -> None:
        self.settle()
        children = self.at.children
        if len(children) == 1 and children[0].kind == "text":
            self.at.text, self.at.children = children[0].text, []
        self.scopes.pop()
        self.at = self.at.parent or self.document

    def characters(self, text: str) -> None:
        self.text += text

    def add(self, node: Element) -> None:
        self.settle()
        self.at.children.append(node)

    def settle(self) -> None:
        """What was read so far is one text."""
        if self.text and self.at is not self.document:
            self.at.children.append(Element("", self.text, self.at, kind="text"))
        self.text = ""

    def expanded(self, name: str, *, attribute: bool) -> str:
        prefix, _, local = name.rpartition(":")
        if prefix == "xmlns":
            return f"{{{XMLNS}}}{local}"
        namespace = "" if attribute and not prefix else self.scopes[-1].get(prefix, "")
        return f"{{{namespace}}}{local}" if namespace else local
