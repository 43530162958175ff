/** Standalone images have the colours of the pages. */
import { PAGE_PAINT, standalonePaint, type ThemeName, THEMES } from "../../lib/ui/chart/paint.ts";
import { PAGE_HORIZON, standaloneHorizon } from "../../lib/ui/horizon/paint.ts";
import { SERIES_COLOURS } from "../../lib/ui/series.ts";
import { assert, assertEquals } from "../support/assert.ts";

const CSS = (await Promise.all(
  ["base", "chart/chart"].map((name) =>
    Deno.readTextFile(new URL(`../../lib/ui/${name}.css`, import.meta.url))
  ),
)).join("\n");
const NAMES: readonly ThemeName[] = ["light", "dark"];

/** The two values of the first `light-dark()` after some words in the stylesheets. */
function pair(words: string): readonly [string, string] {
  const rest = CSS.slice(CSS.indexOf(words) + words.length);
  const [, light, dark] = /^[^}]*?light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)/.exec(rest) ?? [];
  assert(light && dark && CSS.includes(words), words);
  return [light, dark];
}

Deno.test("the colours of images equal those of the stylesheets, in both themes", () => {
  NAMES.forEach((name, i) => {
    const theme = THEMES[name];
    for (const role of ["surface", "ink", "muted", "line", "sunken", "warning", "critical"] as const) {
      assertEquals(theme[role], pair(`\n  --${role}:`)[i], `${name} ${role}`);
    }
    for (const [status, fill] of Object.entries(theme.fills)) {
      assertEquals(fill, pair(`\n  --fill-${status}:`)[i], `${name} ${status}`);
    }
    assertEquals(theme.series, Array.from({ length: SERIES_COLOURS }, (_, n) => pair(`.series-${n} {`)[i]!));
    assertEquals(theme.heat, Array.from({ length: 5 }, (_, n) => pair(`.heat-${n} {`)[i]!));
    assertEquals(theme.band, pair(".chart-band {")[i]);
  });
});

Deno.test("every part of a drawing has a rule on pages and attributes in images", () => {
  const parts = [
    ...CSS.matchAll(
      /\.chart-(grid|text|strong|cursor|band|now|warning|critical|drag|ghost|flag|mark|unread|rest|future|note)\b/g,
    ),
  ];
  for (const [, part] of parts) {
    assertEquals(PAGE_PAINT.part(part as "grid"), { class: `chart-${part}` });
    assert(Object.keys(standalonePaint("light").part(part as "grid")).length > 0, part);
  }
  assertEquals(new Set(parts.map(([, part]) => part)).size, 16);
});

Deno.test("lines in images have the same dashes as on pages", () => {
  const paint = standalonePaint("dark");
  assertEquals(paint.line(0)["stroke-dasharray"], undefined);
  assertEquals(paint.line(7)["stroke-dasharray"], undefined);
  assertEquals(paint.line(8)["stroke-dasharray"], "8 5");
  assertEquals(paint.line(12)["stroke-dasharray"], "8 5");
  assertEquals(paint.line(20)["stroke-dasharray"], "14 5 4 5");
  assert(CSS.includes("stroke-dasharray: 8 5") && CSS.includes("stroke-dasharray: 14 5 4 5"));
});

Deno.test("a forecast is drawn unlike any series, and the previous period unlike any reading", () => {
  const paint = standalonePaint("light");
  for (let series = 0; series < 36; series++) {
    assert(paint.projection(series)["stroke-dasharray"] !== paint.line(series)["stroke-dasharray"]);
    assertEquals(paint.projection(series)["stroke-dasharray"], "0.1 6");
    assert(Number(paint.earlier(series)["stroke-opacity"]) < 0.5);
    assertEquals(paint.line(series)["stroke-opacity"], undefined);
  }
  assert(/\.series-projection \{[^}]*stroke-dasharray: 0\.1 6;/.test(CSS));
});

Deno.test("every part of the Horizon has a rule on pages and attributes in images", async () => {
  const css = await Deno.readTextFile(new URL("../../lib/ui/horizon/horizon.css", import.meta.url));
  for (const part of ["idle", "grid", "base", "text", "strong", "reset", "unknown"] as const) {
    assertEquals(PAGE_HORIZON.part(part), { class: `horizon-${part}` });
    assert(css.includes(`.horizon-${part}`), part);
    assert(Object.keys(standaloneHorizon("dark").part(part)).length > 0, part);
  }
  for (const theme of NAMES) {
    const paint = standaloneHorizon(theme);
    // A forecast looks unlike readings.
    assertEquals([paint.level("lasts")["fill-opacity"], paint.area("lasts")["fill-opacity"]], [
      undefined,
      0.22,
    ]);
    assert(paint.edge("lasts")["stroke-dasharray"] !== undefined);
    assert(paint.empty(true)["fill-opacity"] !== paint.empty(false)["fill-opacity"]);
  }
});
