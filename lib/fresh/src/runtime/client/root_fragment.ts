/**
 * Creates a virtual parent element that contains exactly the nodes between two markers. Preact renders into
 * it like into a real element and leaves the island's neighbours alone.
 */
export function rootBetween(start: ChildNode, end: ChildNode): Element {
  const parent = start.parentNode as Element;

  function listChildren(): ChildNode[] {
    const nodes: ChildNode[] = [];
    for (
      let node = start.nextSibling;
      node !== null && node !== end;
      node = node.nextSibling
    ) nodes.push(node);
    return nodes;
  }

  const root = {
    nodeType: Node.ELEMENT_NODE,
    namespaceURI: parent.namespaceURI,
    ownerDocument: parent.ownerDocument,
    parentNode: parent,
    nextSibling: null,
    get firstChild() {
      return start.nextSibling === end ? null : start.nextSibling;
    },
    get childNodes() {
      return listChildren();
    },
    insertBefore: (node: Node, before: Node | null) => parent.insertBefore(node, before ?? end),
    appendChild: (node: Node) => parent.insertBefore(node, end),
    removeChild: (node: Node) => parent.removeChild(node),
    contains: (node: Node | null) => listChildren().some((child) => child.contains(node)),
  };
  return root as unknown as Element;
}
