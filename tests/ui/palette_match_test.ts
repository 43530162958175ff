import { findEntries } from "../../lib/ui/palette/match.ts";
import { parseViews, viewName, withView } from "../../lib/ui/palette/saved_views.ts";
import { assert, assertEquals } from "../support/assert.ts";
import fc from "fast-check";

const ENTRIES = [
  { title: "Analytics" },
  { title: "Claude 5-hour session", words: "anthropic default five-hour" },
  { title: "Claude Weekly", words: "anthropic default weekly" },
  { title: "\u00c9lan", words: "elan default" },
  { title: "Z.ai Weekly quota", words: "zai default weekly" },
  { title: "Settings" },
];

function found(typed: string): readonly string[] {
  return findEntries(ENTRIES, typed).map(({ title }) => title);
}

Deno.test("entries are found by prefixes, parts and letters in order, the best match first", () => {
  assertEquals(found("week"), ["Claude Weekly", "Z.ai Weekly quota"]);
  assertEquals(found("weekly zai"), ["Z.ai Weekly quota"]);
  assertEquals(found("anthropic"), ["Claude Weekly", "Claude 5-hour session"]);
  assertEquals(found("ana"), ["Analytics"]);
  assertEquals(found("stgs"), ["Settings"]);
  assertEquals(found("cla"), ["Claude Weekly", "Claude 5-hour session"]);
  assertEquals(found("ELAN"), ["\u00c9lan"]);
  assertEquals(found("nothing of that"), []);
  assertEquals(found("  ").length, ENTRIES.length);
});

Deno.test("any input finds only existing entries, each once, and an entry is found by its own title", () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: "binary" })), fc.string({ unit: "binary" }), (titles, typed) => {
      const entries = titles.map((title) => ({ title }));
      const some = findEntries(entries, typed);
      assert(some.every((entry) => entries.includes(entry)) && new Set(some).size === some.length);
      for (const entry of entries) assert(findEntries(entries, entry.title).includes(entry), entry.title);
    }),
  );
});

Deno.test("saved views lead only to our own pages, whatever the browser's storage contains", () => {
  const views = [
    { name: "Mine", href: "/history?range=7d" },
    { name: "Bad", href: "javascript:alert(1)" },
    { name: "Other", href: "//evil.example/" },
    { name: "Tab", href: "/\t/evil.example/" },
    { name: "Line", href: "/\n/evil.example/" },
    { name: "Back", href: "/\\evil.example/" },
    { name: 7, href: "/" },
    null,
  ];
  assertEquals(parseViews(JSON.stringify(views)), [{ name: "Mine", href: "/history?range=7d" }]);
  for (const text of [null, "", "{", "null", "{}", "7"]) assertEquals(parseViews(text), []);
  const replaced = withView(parseViews(JSON.stringify(views)), { name: "Mine", href: "/stats" });
  assertEquals(replaced, [{ name: "Mine", href: "/stats" }]);
});

Deno.test("the name of a saved view is one line of at most 60 whole characters that turns no sentence", () => {
  assertEquals(viewName(" Tight\u202e ones \u2066\n"), "Tight ones");
  assertEquals(viewName("\u{1f680}".repeat(300)), "\u{1f680}".repeat(60));
  assertEquals(viewName("\u200b\u202e "), "");
  const stored = JSON.stringify([{ name: "\u202eenim", href: "/stats" }]);
  assertEquals(parseViews(stored), [{ name: "enim", href: "/stats" }]);
});
