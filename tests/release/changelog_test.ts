/** The changelog is assembled from small files, so that no entry is lost. */
import { findNotes, withRelease } from "../../dev/release/changelog.ts";
import { readFragments } from "../../dev/release/fragments.ts";
import { assert, assertEquals, assertStringIncludes, assertThrows } from "../support/assert.ts";
import { readProjectFile, ROOT } from "../support/sources.ts";

const CHANGELOG = `# Changelog

What changes.

## Unreleased

### Terminal

- A line
  that goes on.

### Safety

- Kept.

## 0.1.0 - 2026-11-25

The first version.
`;

Deno.test("a version gets the entries of Unreleased and the fragments, by heading, and nothing else moves", () => {
  const fragments = ["### Safety\n\n- New.\n", "### Reach\n\n- Elsewhere.\n"];
  assertEquals(
    withRelease(CHANGELOG, fragments, "0.2.0", "2026-12-01"),
    `# Changelog

What changes.

## Unreleased

## 0.2.0 - 2026-12-01

### Terminal

- A line
  that goes on.

### Safety

- Kept.
- New.

### Reach

- Elsewhere.

## 0.1.0 - 2026-11-25

The first version.
`,
  );
});

Deno.test("an existing version, a fragment without heading, and a version without changes are refused", () => {
  const empty = withRelease(CHANGELOG, [], "0.2.0", "2026-12-01");
  assertStringIncludes(
    String(assertThrows(() => withRelease(empty, [], "0.3.0", "2026-12-02"))),
    "Nothing has changed",
  );
  assertStringIncludes(String(assertThrows(() => withRelease(empty, [], "0.2.0", "2026-12-02"))), "already");
  assertStringIncludes(
    String(assertThrows(() => withRelease(CHANGELOG, ["- Bare.\n"], "0.2.0", "2026-12-01"))),
    "has to begin with a heading",
  );
});

Deno.test("the current changelog and fragments make a valid next version", async () => {
  const changelog = await readProjectFile("CHANGELOG.md");
  const fragments = (await readFragments(ROOT)).map(({ text }) => text);
  const released = withRelease(changelog, fragments, "99.0.0", "2099-01-01");
  const notes = findNotes(released, "99.0.0") ?? "";
  const lines = [findNotes(changelog, "Unreleased") ?? "", ...fragments].flatMap((text) => text.split("\n"))
    .filter((line) => line.trim() !== "");
  for (const line of lines) assertStringIncludes(notes, line);
  assertEquals(findNotes(released, "Unreleased"), "");
  assertEquals(findNotes(released, "0.1.0"), findNotes(changelog, "0.1.0"));
  assert(lines.length > 0);
});
