export interface FoundIsland {
  readonly name: string;
  readonly propsIndex: number;
  readonly start: Comment;
  readonly end: Comment;
}

/** Pairs the comments the server puts around islands. Islands inside islands are part of the outer one. */
export function findIslands(body: Node): FoundIsland[] {
  const found: FoundIsland[] = [];
  const open: Comment[] = [];
  const walker = document.createTreeWalker(body, NodeFilter.SHOW_COMMENT);
  while (walker.nextNode()) {
    const comment = walker.currentNode as Comment;
    if (comment.data.startsWith("frsh:island:")) {
      open.push(comment);
    } else if (comment.data === "/frsh:island") {
      const start = open.pop();
      if (start === undefined || open.length > 0) continue;
      const [, , name = "", propsIndex] = start.data.split(":");
      found.push({ name, propsIndex: Number(propsIndex), start, end: comment });
    }
  }
  return found;
}
