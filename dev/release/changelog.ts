/** CHANGELOG.md and the fragments in `changes/` it is made from. Pure. */

const UNRELEASED = "## Unreleased";

/** Lines under each `###` heading, in order; those before the first have the heading "". */
type Sections = ReadonlyMap<string, readonly string[]>;

/**
 * Returns the changelog with a section for a version: the entries under "Unreleased", and the fragments.
 *
 * @param fragments texts that begin with a `### heading`
 * @param date `2026-12-01`
 * @throws {Error} for a fragment without heading, when the version exists already, or nothing has changed
 */
export function withRelease(
  changelog: string,
  fragments: readonly string[],
  version: string,
  date: string,
): string {
  if (findNotes(changelog, version) !== null) {
    throw new Error(`CHANGELOG.md has a part for ${version} already`);
  }
  const [before, after] = splitAtUnreleased(changelog);
  const end = after.search(/^## /m);
  const [unreleased, rest] = end < 0 ? [after, ""] : [after.slice(0, end), after.slice(end)];
  const notes = notesText(mergeSections([parseSections(unreleased), ...fragments.map(sectionsOfFragment)]));
  if (notes === "") throw new Error("Nothing has changed: CHANGELOG.md and changes/ name nothing");
  return `${before}${UNRELEASED}\n\n## ${version} - ${date}\n\n${notes}\n${rest === "" ? "" : `\n${rest}`}`;
}

/** Returns the section of a version, without its heading; null when there is none. */
export function findNotes(changelog: string, version: string): string | null {
  const heading = version === "Unreleased" ? UNRELEASED : `## ${version} - `;
  const lines = changelog.split("\n");
  const at = lines.findIndex((line) => line.startsWith(heading));
  if (at < 0) return null;
  const length = lines.slice(at + 1).findIndex((line) => line.startsWith("## "));
  return lines.slice(at + 1, length < 0 ? undefined : at + 1 + length).join("\n").trim();
}

/** Returns the entries under "Unreleased" and in fragments, for a trial release. */
export function unreleasedNotes(changelog: string, fragments: readonly string[]): string {
  const unreleased = parseSections(findNotes(changelog, "Unreleased") ?? "");
  return notesText(mergeSections([unreleased, ...fragments.map(sectionsOfFragment)]));
}

function splitAtUnreleased(text: string): readonly [string, string] {
  const at = text.indexOf(`\n${UNRELEASED}\n`);
  if (at < 0) throw new Error(`CHANGELOG.md has no "${UNRELEASED}"`);
  return [text.slice(0, at + 1), text.slice(at + 1 + UNRELEASED.length)];
}

function sectionsOfFragment(text: string): Sections {
  const sections = parseSections(text);
  if (sections.has("") || sections.size === 0) {
    throw new Error(`A fragment has to begin with a heading, "### Terminal": ${text.trim().split("\n")[0]}`);
  }
  return sections;
}

function parseSections(text: string): Sections {
  const sections = new Map<string, string[]>();
  let heading = "";
  for (const line of text.trim().split("\n")) {
    if (line.startsWith("### ")) heading = line.slice(4).trim();
    else if (line.trim() !== "" || sections.has(heading)) {
      sections.set(heading, [...sections.get(heading) ?? [], line]);
    }
  }
  return sections;
}

function mergeSections(all: readonly Sections[]): Sections {
  const merged = new Map<string, readonly string[]>();
  for (const [heading, lines] of all.flatMap((sections) => [...sections])) {
    const trimmed = lines.join("\n").trim().split("\n");
    merged.set(heading, [...merged.get(heading) ?? [], ...trimmed]);
  }
  return merged;
}

function notesText(sections: Sections): string {
  return [...sections].map(([heading, lines]) =>
    `${heading === "" ? "" : `### ${heading}\n\n`}${lines.join("\n")}`
  ).join("\n\n").trim();
}
