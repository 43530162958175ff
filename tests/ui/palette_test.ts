/** The colours of `base.css`, computed: contrast, and distances with colour blindness. */
import { chooseDash, SERIES_COLOURS, seriesClass } from "../../lib/ui/series.ts";
import { assert, assertEquals } from "../support/assert.ts";

type Rgb = readonly [r: number, g: number, b: number];

const CSS = await Deno.readTextFile(new URL("../../lib/ui/base.css", import.meta.url));
const THEMES = ["light", "dark"] as const;
type Theme = typeof THEMES[number];

/** Linear light as dichromats see it (Machado, Oliveira and Fernandes 2009, at full severity). */
const SIGHTS: Readonly<Record<string, readonly Rgb[]>> = {
  normal: [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
  protanopia: [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [
    -0.003882,
    -0.048116,
    1.051998,
  ]],
  deuteranopia: [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [
    -0.01182,
    0.04294,
    0.968881,
  ]],
  tritanopia: [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [
    0.004733,
    0.691367,
    0.3039,
  ]],
};

/** The value of a custom property in a theme, in linear light. */
function colourOf(rule: RegExp, theme: Theme): Rgb {
  const [, light, dark] = rule.exec(CSS) ?? [];
  const hex = theme === "light" ? light : dark;
  assert(hex !== undefined, `No colour for ${rule}`);
  return [1, 3, 5].map((at) => linear(parseInt(hex.slice(at, at + 2), 16) / 255)) as unknown as Rgb;
}

function role(name: string, theme: Theme): Rgb {
  return colourOf(new RegExp(`--${name}: light-dark\\((#[0-9a-f]{6}), (#[0-9a-f]{6})\\)`), theme);
}

function series(number: number, theme: Theme): Rgb {
  const rule = `\\.series-${number} \\{\\s*--series: light-dark\\((#[0-9a-f]{6}), (#[0-9a-f]{6})\\)`;
  return colourOf(new RegExp(rule), theme);
}

function linear(part: number): number {
  return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
}

function contrast(one: Rgb, other: Rgb): number {
  const [high, low] = [one, other].map(([r, g, b]) => 0.2126 * r + 0.7152 * g + 0.0722 * b + 0.05)
    .sort((a, b) => b - a);
  return high! / low!;
}

function seen(colour: Rgb, sight: readonly Rgb[]): Rgb {
  return sight.map((row) => Math.min(1, Math.max(0, dot(row, colour)))) as unknown as Rgb;
}

function dot(a: Rgb, b: Rgb): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

function oklab(colour: Rgb): Rgb {
  const cones = [
    [0.4122214708, 0.5363325363, 0.0514459929],
    [0.2119034982, 0.6806995451, 0.1073969566],
    [0.0883024619, 0.2817188376, 0.6299787005],
  ].map((row) => Math.cbrt(dot(row as unknown as Rgb, colour))) as unknown as Rgb;
  return [
    [0.2104542553, 0.793617785, -0.0040720468],
    [1.9779984951, -2.428592205, 0.4505937099],
    [0.0259040371, 0.7827717662, -0.808675766],
  ].map((row) => dot(row as unknown as Rgb, cones)) as unknown as Rgb;
}

const numbers = Array.from({ length: SERIES_COLOURS }, (_, number) => number);

Deno.test("text roles have a contrast of at least 4.5 to 1 with their background", () => {
  for (const theme of THEMES) {
    for (const name of ["ink", "muted", "accent", "healthy", "warning", "danger", "critical"]) {
      for (const ground of ["surface", "paper"]) {
        const ratio = contrast(role(name, theme), role(ground, theme));
        assert(ratio >= 4.5, `${name} on ${ground} in ${theme}: ${ratio.toFixed(2)}`);
      }
    }
  }
});

Deno.test("lines of charts and borders of fields have a contrast of at least 3 to 1 with their background", () => {
  for (const theme of THEMES) {
    const surface = role("surface", theme);
    assert(contrast(role("control", theme), surface) >= 3, `control in ${theme}`);
    for (const number of numbers) {
      const ratio = contrast(series(number, theme), surface);
      assert(ratio >= 3, `series ${number} in ${theme}: ${ratio.toFixed(2)}`);
    }
  }
});

/** The minimum distance in OKLab between any two of the first series. */
const LEAST: readonly (readonly [count: number, distance: number])[] = [[4, 0.12], [8, 0.1], [12, 0.07]];

for (const [name, sight] of Object.entries(SIGHTS)) {
  Deno.test(`the series of a chart are distinguishable by colour alone in ${name}`, () => {
    for (const theme of THEMES) {
      const looks = numbers.map((number) => oklab(seen(series(number, theme), sight)));
      for (const [count, least] of LEAST) {
        for (let a = 0; a < count; a++) {
          for (let b = a + 1; b < count; b++) {
            const distance = Math.hypot(...looks[a]!.map((part, i) => part - looks[b]![i]!));
            assert(distance >= least, `${a} and ${b} of ${count} in ${theme}: ${distance.toFixed(3)}`);
          }
        }
      }
    }
  });
}

Deno.test("a chart with up to eight lines draws none with dashes, and no chart draws dots", () => {
  for (const number of numbers.slice(0, 8)) assertEquals(chooseDash(number), 0);
  for (const [, dashes] of CSS.matchAll(/\.series-dash-\d \{\s*stroke-dasharray: ([\d. ]+);/g)) {
    // The round cap of a line adds its width to every dash, and takes it from every gap.
    const [stroke] = dashes!.split(" ").map(Number);
    assert(stroke! >= 8, dashes);
  }
});

Deno.test("thirty-six series are drawn in thirty-six different ways", () => {
  const classes = Array.from({ length: 36 }, (_, number) => seriesClass(number));
  assertEquals(new Set(classes).size, 36);
  for (const name of classes.join(" ").split(" ")) assert(CSS.includes(`.${name} {`), name);
});
