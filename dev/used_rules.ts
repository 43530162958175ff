/** Removes rules from a stylesheet that a page's markup cannot use. */

/** At-rules that contain rules; others, such as `@keyframes`, stay whole. */
const HOLDS_RULES = /^@(?:media|supports|layer|container)\b/;

/**
 * Returns the rules of a stylesheet without comments, in their order, that apply to elements whose classes are used.
 *
 * @param isUsed called for each class name of a selector, and for each name of an element, as `<name`
 */
export function usedRules(css: string, isUsed: (name: string) => boolean): string {
  let kept = "";
  for (const { head, body } of parseBlocks(css)) {
    if (HOLDS_RULES.test(head)) {
      const inner = usedRules(body, isUsed);
      if (inner !== "") kept += `${head}{${inner}}`;
    } else if (head.startsWith("@")) kept += `${head}{${body}}`;
    else {
      const selectors = splitList(head).filter((selector) => namesIn(selector).every(isUsed));
      if (selectors.length > 0) kept += `${selectors.join(",")}{${body}}`;
    }
  }
  return kept;
}

interface Block {
  /** The selectors, or the at-rule. */
  readonly head: string;
  readonly body: string;
}

function parseBlocks(css: string): readonly Block[] {
  const blocks: Block[] = [];
  let [from, open, depth] = [0, 0, 0];
  for (const { 0: sign, index } of css.matchAll(/"(?:\\.|[^"\\])*"|[{}]/g)) {
    if (sign === "{" && depth++ === 0) open = index;
    if (sign !== "}" || --depth > 0) continue;
    blocks.push({ head: css.slice(from, open).trim(), body: css.slice(open + 1, index) });
    from = index + 1;
  }
  return blocks;
}

/** Splits at the commas outside of parentheses. */
function splitList(selectors: string): readonly string[] {
  return selectors.split(/,(?![^()]*\))/);
}

/** Returns the classes and element names a selector needs, without alternatives such as `:is(.a, .b)`. */
function namesIn(selector: string): readonly string[] {
  const own = selector.replace(/\[[^\]]*\]|\([^()]*(?:\([^()]*\)[^()]*)*\)/g, "");
  const classes = Array.from(
    own.matchAll(/\.((?:\\.|[\w-])+)/g),
    ([, name]) => name!.replace(/\\(.)/g, "$1"),
  );
  const elements = Array.from(own.matchAll(/(?<![\w.:\\#-])[a-z][a-z0-9]*/g), ([name]) => `<${name}`);
  return [...classes, ...elements];
}
