/**
 * Builds the dashboard's stylesheet: `lib/ui/reset.css`, the tokens and
 * parts of `lib/ui/base.css`, and the utility classes that the markup uses,
 * resolved by twind at build time, so that none of it runs in a browser. The
 * overview, which is opened most often, has a sheet without the rules that only other pages need.
 */
import { twind, virtual } from "@twind/core";
import presetTailwind from "@twind/preset-tailwind";
import { classesOfRoutes } from "./markup_classes.ts";
import { usedRules } from "./used_rules.ts";

const ROOT = new URL("../", import.meta.url);
const MARKUP = ["lib/ui/", "routes/", "islands/"];
/** The route files of the overview. */
const OVERVIEW = ["routes/_app.tsx", "routes/index.tsx"];
/** Shown on the overview only together with the whole stylesheet. */
const LATER = ["lib/ui/chart/ChartTip.tsx", "lib/ui/chart/PointTable.tsx"];
/** Parts of drawings that the overview has none of, or only with the whole stylesheet; the names of others begin alike. */
const DRAWN_ELSEWHERE = new Set([
  "chart-cursor",
  "chart-drag",
  "chart-flag",
  "chart-ghost",
  "chart-mark",
  "chart-rest",
  "chart-tip",
  "chart-tip-note",
  "chart-title",
  "chart-unread",
  "series-area",
]);
/** Colour roles of `base.css`, usable as `text-muted`, `bg-surface`, `border-line`. */
const ROLES = [
  "paper",
  "surface",
  "sunken",
  "ink",
  "muted",
  "line",
  "control",
  "accent",
  "healthy",
  "warning",
  "danger",
  "critical",
  "unknown",
];
/** Words in the markup that happen to be utilities as well. */
const NO_CLASSES = new Set(["content-type", "filter", "outline", "static", "summary", "visible"]);
const QUOTED = /"([^"\n]*)"|`([^`]*)`/g;

/** Returns the text of each stylesheet by its name. */
export async function buildStylesheets(): Promise<Readonly<Record<string, string>>> {
  const whole = await buildStylesheet();
  const isUsed = await classesOfRoutes(ROOT, OVERVIEW, MARKUP, LATER);
  const isDrawn = (name: string) => isUsed(name) && !DRAWN_ELSEWHERE.has(name);
  return { "styles.css": whole, "overview.css": usedRules(whole, isDrawn) };
}

async function buildStylesheet(): Promise<string> {
  const sheet = virtual();
  const tw = twind({
    // It would be a third of the stylesheet; `reset.css` covers the elements in use.
    presets: [presetTailwind({ disablePreflight: true })],
    hash: false,
    darkMode: "media",
    theme: { extend: { colors: Object.fromEntries(ROLES.map((role) => [role, `var(--${role})`])) } },
  }, sheet);
  for (const folder of MARKUP) {
    for await (const path of tsxFiles(new URL(folder, ROOT))) {
      const source = await Deno.readTextFile(path);
      for (const [, plain, template] of source.matchAll(QUOTED)) {
        // Text that is not a class name yields no rule.
        const names = (plain ?? template ?? "").split(/[\s${}"'?()]+/).filter((name) =>
          /^-?[a-z][\w:/.[\]%-]*[\w\]%]$/.test(name) && !NO_CLASSES.has(name)
        );
        if (names.length > 0) tw(names.join(" "));
      }
    }
  }
  const names = [
    "reset",
    "base",
    "chart/chart",
    "horizon/horizon",
    "table/table",
    "palette/palette",
    "marks",
  ];
  const sheets = await Promise.all(
    names.map((name) => Deno.readTextFile(new URL(`lib/ui/${name}.css`, ROOT))),
  );
  // Utilities come last, so that they override the parts they adjust.
  return minify(
    `${sheets.join("\n")}\n${mergeMedia(sheet.target).join("\n")}`,
  );
}

async function* tsxFiles(folder: URL): AsyncGenerator<URL> {
  const entries: Deno.DirEntry[] = [];
  try {
    for await (const entry of Deno.readDir(folder)) entries.push(entry);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return;
    throw error;
  }
  // A fixed order, so that the same sources give the same bytes.
  entries.sort((a, b) => a.name < b.name ? -1 : 1);
  for (const entry of entries) {
    if (entry.isDirectory) yield* tsxFiles(new URL(`${entry.name}/`, folder));
    else if (entry.name.endsWith(".tsx")) yield new URL(entry.name, folder);
  }
}

/** Merges neighbouring rules with the same media query. */
function mergeMedia(rules: readonly string[]): readonly string[] {
  const merged: string[] = [];
  for (const rule of rules) {
    const condition = /^@media[^{]+\{/.exec(rule)?.[0];
    const last = merged.at(-1);
    if (condition !== undefined && last?.startsWith(condition)) {
      merged[merged.length - 1] = last.slice(0, -1) + rule.slice(condition.length);
    } else merged.push(rule);
  }
  return merged;
}

/** Removes comments and insignificant white space. */
function minify(css: string): string {
  return css
    .replace(/\/\*[\s\S]*?\*\//g, "")
    .replace(/\s+/g, " ")
    .replace(/\s*([{};,])\s*/g, "$1")
    .replace(/:\s+/g, ":")
    .replace(/ > /g, ">")
    .replace(/;}/g, "}")
    .replace(/ !important/g, "!important")
    .replace(/([\s:,(-])0(?=\.\d)/g, "$1")
    .trim();
}
