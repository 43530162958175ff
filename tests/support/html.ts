/** Parses the HTML of a page without a browser: enough for tests of the server's output. */

const ENTITIES: Readonly<Record<string, string>> = {
  "&amp;": "&",
  "&lt;": "<",
  "&gt;": ">",
  "&quot;": '"',
  "&#39;": "'",
};

/** Returns the text without tags, with decoded entities, and white space as single spaces. */
export function textOf(html: string): string {
  return html.replaceAll(/<[^>]*>/g, " ").replaceAll(/&(?:amp|lt|gt|quot|#39);/g, (one) => ENTITIES[one]!)
    .replaceAll(/\s+/g, " ").trim();
}

/** Returns the cells of every row of the table with this id, including headings, without nested tables. */
export function tableRows(html: string, id: string): readonly (readonly string[])[] {
  const start = html.indexOf(`<table id="${id}"`);
  if (start < 0) return [];
  const table = html.slice(start, endOfTable(html, start))
    .replaceAll(/<table class="detail-table[\s\S]*?<\/table>/g, "");
  return [...table.matchAll(/<tr[^>]*>([\s\S]*?)<\/tr>/g)].map(([, row = ""]) =>
    [...row.matchAll(/<t[hd][^>]*>([\s\S]*?)<\/t[hd]>/g)].map(([, cell = ""]) => textOf(cell))
  );
}

/** Nested tables end before the outer table. */
function endOfTable(html: string, start: number): number {
  let depth = 0;
  for (const { 0: tag, index } of html.slice(start).matchAll(/<\/?table\b/g)) {
    depth += tag === "<table" ? 1 : -1;
    if (depth === 0) return start + index;
  }
  return html.length;
}

/** Returns the URLs of links whose class or text matches, with decoded entities. */
export function linksOf(html: string, pattern: RegExp): readonly string[] {
  return [...html.matchAll(/<a\b([^>]*)>([\s\S]*?)<\/a>/g)]
    .filter(([, attributes = "", text = ""]) => pattern.test(`${attributes} ${textOf(text)}`))
    .flatMap(([, attributes = ""]) => /href="([^"]*)"/.exec(attributes)?.[1] ?? [])
    .map((href) => href.replaceAll("&amp;", "&"));
}
