/**
 * Which room may import which: a room may import only what its line in `dev/rooms.ts` names, so that imports flow one
 * way. The folder of a new file determines its room; a new room needs a line there.
 */
import { withFiles, withRooms } from "../dev/architecture_docs.ts";
import { type Room, ROOMS } from "../dev/rooms.ts";
import { assert, assertEquals } from "./support/assert.ts";
import { importsOf, onlyCode, projectSources, type Source, stringsIn } from "./support/sources.ts";

/** Where a provider id may appear besides its own file and the registry. */
const ID_ROOMS = [
  "lib/demo/vendors/", // fake vendors speak as the real ones do
  "lib/demo/trouble.ts", // the demo's story names whom trouble befalls
  "lib/demo/scenarios.ts", // and so does each scenario
  "lib/transfer/peers/", // databases of others name the providers they hold
  "lib/formats/", // promised shapes name the providers they were promised for
  "tests/",
  "dev/bench/",
];

function roomOf(path: string): Room | undefined {
  let best: Room | undefined;
  let length = 0;
  for (const room of ROOMS) {
    for (const at of room.at) {
      const fits = at.endsWith("/") ? path.startsWith(at) : path === at;
      if (fits && at.length > length) [best, length] = [room, at.length];
    }
  }
  return best;
}

/** Imports that the table does not allow, one line each. */
function forbiddenImports(sources: readonly Source[]): readonly string[] {
  const found: string[] = [];
  for (const source of sources) {
    const room = roomOf(source.path);
    if (!room) {
      found.push(`${source.path} belongs to no room: give it a line in the table`);
      continue;
    }
    for (const { target, own, typeOnly } of importsOf(source)) {
      const what = typeOnly ? "types of " : "";
      if (!own) {
        if (!mayUse(room, target)) {
          found.push(`${source.path} (${room.name}) may not import ${what}"${target}"`);
        }
        continue;
      }
      const other = roomOf(target);
      if (!other) found.push(`${source.path} (${room.name}) imports ${target}, which belongs to no room`);
      else if (!mayImport(room, other, typeOnly)) {
        found.push(`${source.path} (${room.name}) may not import ${what}${target} (${other.name})`);
      }
    }
  }
  return found;
}

function mayImport(room: Room, other: Room, typeOnly: boolean): boolean {
  if (room === other || room.may.includes("*") || room.may.includes(other.name)) return true;
  return typeOnly && room.may.includes(`type ${other.name}`);
}

function mayUse(room: Room, specifier: string): boolean {
  return (room.packages ?? []).some((name) => name === "*" || name === specifier);
}

/** Names that a file uses although its room must not. */
function forbiddenNames(
  sources: readonly Source[],
  rooms: readonly string[],
  names: RegExp,
): readonly string[] {
  // A room that was renamed would otherwise be checked no longer, without a word.
  for (const room of rooms) assert(ROOMS.some(({ name }) => name === room), `There is no room ${room}`);
  return sources.filter((source) => rooms.includes(roomOf(source.path)?.name ?? ""))
    .flatMap((source) =>
      [...onlyCode(source.text).matchAll(names)].map(([name]) => `${source.path} uses ${name.trim()}`)
    );
}

/** Ids that are also everyday words in code: only keys and variables show that the provider is meant. */
const EVERYDAY = ["amp", "cursor"];

/** Places that name a provider but should not. */
function strayIds(sources: readonly Source[], ids: readonly string[]): readonly string[] {
  const found: string[] = [];
  for (const { path, text } of sources) {
    if (path.startsWith("lib/fresh/") || ID_ROOMS.some((at) => path.startsWith(at))) continue;
    const strings = stringsIn(text);
    const code = onlyCode(text);
    for (const id of ids) {
      const file = id.replaceAll("-", "_");
      const isOwn = path === `providers/${file}.ts` || path.startsWith(`providers/${file}/`);
      if (isOwn || path === "providers/mod.ts") continue;
      const upper = id.toUpperCase().replaceAll("-", "_");
      const camel = id.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
      const variable = `${upper}_[A-Z]`;
      // Vendors refer to each other: a login may be in the file of another vendor's tool.
      const isTold = path.startsWith("providers/");
      const isWord = isTold || EVERYDAY.includes(id);
      const literal = strings.some((part) =>
        (part === id && !isWord) || part.startsWith(`${id}/`) ||
        (!isTold && new RegExp(`\\b${variable}`).test(part))
      );
      const named = isWord ? variable : `${camel}(?![a-z-])|${variable}`;
      const identifier = !isTold && new RegExp(`(?<![\\w$-])(${named})`).test(code);
      if (literal || identifier) found.push(`${path} names the provider "${id}"`);
    }
  }
  return found;
}

const sources = await projectSources();
const providerIds = sources
  .map(({ path }) => /^providers\/([a-z0-9_]+)\.ts$/.exec(path)?.[1]?.replaceAll("_", "-"))
  .filter((id) => id !== undefined && id !== "mod" && id !== "products") as readonly string[];

/** Groups of files that import each other, each as one line; by Tarjan's strongly connected components. */
function importCycles(sources: readonly Source[]): readonly string[] {
  const targets = new Map(
    sources.map((
      source,
    ) => [source.path, importsOf(source).filter(({ own }) => own).map(({ target }) => target)]),
  );
  const order = new Map<string, number>();
  const lowest = new Map<string, number>();
  const open: string[] = [];
  const cycles: string[] = [];
  const visit = (path: string) => {
    order.set(path, order.size);
    lowest.set(path, order.get(path)!);
    open.push(path);
    for (const target of targets.get(path) ?? []) {
      if (!targets.has(target)) continue;
      if (!order.has(target)) visit(target);
      if (open.includes(target)) lowest.set(path, Math.min(lowest.get(path)!, lowest.get(target)!));
    }
    if (lowest.get(path) !== order.get(path)) return;
    const group = open.splice(open.indexOf(path));
    if (group.length > 1) cycles.push(group.toSorted().join(", "));
  };
  for (const path of targets.keys()) if (!order.has(path)) visit(path);
  return cycles;
}

Deno.test("every file imports only what its room may import", () => {
  assertEquals(forbiddenImports(sources), []);
});

Deno.test("the model reads no clock, uses no randomness and touches no runtime", () => {
  const runtime =
    /(?<![.\w])(Deno|fetch|process|performance|crypto|console|globalThis|document|localStorage|setTimeout)\b/g;
  const chance = /\bDate\.now\b|\bnew Date\(\s*\)|(?<!new |\w)Date\(|\bMath\.random\b/g;
  assertEquals(forbiddenNames(sources, ["model"], runtime), []);
  assertEquals(forbiddenNames(sources, ["model"], chance), []);
});

Deno.test("code for browsers uses neither Deno nor node", () => {
  assertEquals(forbiddenNames(sources, ["model", "ui", "islands"], /\b(Deno|process|Buffer|require)\b/g), []);
  for (const source of sources) {
    if (!["model", "ui", "islands"].includes(roomOf(source.path)?.name ?? "")) continue;
    for (const { target } of importsOf(source)) {
      assert(!target.startsWith("node:"), `${source.path}: ${target}`);
    }
  }
});

Deno.test("rooms that decide get the time as input, and do not read it", () => {
  const deciding = [
    "access",
    "accounts",
    "alerts",
    "as of",
    "demo",
    "formats",
    "poll",
    "read",
    "schedule",
    "store",
    "store contract",
    "transfer",
    "vault",
    "web",
  ];
  assertEquals(forbiddenNames(sources, deciding, /\bDate\.now\b|\bnew Date\(\s*\)/g), []);
});

Deno.test("providers reach the outside only through their context", () => {
  const outside = /(?<![.\w])(Deno|fetch|setTimeout|console|process|Date\.now|Math\.random)\b/g;
  assertEquals(forbiddenNames(sources, ["providers", "registry"], outside), []);
});

Deno.test("only its own file, the registry and public names mention a provider", () => {
  assert(providerIds.length > 0);
  assertEquals(strayIds(sources, providerIds), []);
});

Deno.test("every provider has its line in the registry", () => {
  const registry = sources.find(({ path }) => path === "providers/mod.ts");
  assert(registry);
  const imported = importsOf(registry).map(({ target }) => target);
  for (const id of providerIds) assert(imported.includes(`providers/${id.replaceAll("-", "_")}.ts`), id);
});

Deno.test("the table names each room once, and only existing rooms", () => {
  const names = ROOMS.map((room) => room.name);
  assertEquals(new Set(names).size, names.length);
  for (const room of ROOMS) {
    for (const may of room.may) assert(may === "*" || names.includes(may.replace(/^type /, "")), may);
  }
});

Deno.test("no two rooms import each other", () => {
  const reach = (room: Room) =>
    room.may.map((may) => ROOMS.find(({ name }) => name === may.replace(/^type /, "")));
  for (const room of ROOMS) {
    const seen = new Set<Room>();
    const queue = reach(room);
    for (let next = queue.pop(); next; next = queue.pop()) {
      assert(next !== room, `${room.name} is imported by what it imports`);
      if (seen.has(next)) continue;
      seen.add(next);
      queue.push(...reach(next));
    }
  }
});

Deno.test("no file imports itself through others, not even types", async () => {
  // The stand-in for Fresh is divided like the real one, whose types refer to each other.
  const sources = (await projectSources()).filter(({ path }) => !/^(tests|lib\/fresh)\//.test(path));
  assertEquals(importCycles(sources), []);
});

Deno.test("every file in lib is in a room, none at its top", async () => {
  const loose = (await projectSources()).filter(({ path }) => /^lib\/[^/]+$/.test(path));
  assertEquals(loose.map(({ path }) => path), []);
});

Deno.test("the rooms in docs/architecture.md and the files in docs/files.md are the actual ones", async () => {
  const read = (name: string) => Deno.readTextFile(new URL(`../docs/${name}`, import.meta.url));
  const [rooms, files] = [await read("architecture.md"), await read("files.md")];
  assertEquals(withRooms(rooms), rooms, "Run deno run -A dev/architecture_docs.ts");
  assertEquals(withFiles(files, await projectSources()), files, "Run deno run -A dev/architecture_docs.ts");
});

Deno.test("these tests detect violations", () => {
  const planted: readonly Source[] = [
    { path: "lib/model/bad.ts", text: 'import { x } from "../store/sqlite.ts";\nconst at = Date.now();' },
    { path: "lib/ui/Bad.tsx", text: "export const a = <p>Don't</p>;\nDeno.exit();" },
    { path: "lib/web/bad.ts", text: 'const key = "acme/work";\nexport * from "../store/open.ts";' },
    { path: "lib/formats/bad.ts", text: 'import {\n  App,\n} from "fresh";' },
    { path: "lib/app/compose.ts", text: 'import { acmeProvider } from "../acme.ts";' },
    { path: "providers/bad.ts", text: 'import { quotaKey, type Unit } from "../lib/model/quota.ts";' },
    { path: "providers/good.ts", text: 'import { type Reading } from "../lib/model/quota.ts"; // "fresh"' },
    { path: "stray.ts", text: "" },
  ];
  assertEquals(forbiddenImports(planted), [
    "lib/model/bad.ts (model) may not import lib/store/sqlite.ts (store)",
    "lib/web/bad.ts (web) may not import lib/store/open.ts (store)",
    'lib/formats/bad.ts (formats) may not import "fresh"',
    "lib/app/compose.ts (app) imports lib/acme.ts, which belongs to no room",
    "providers/bad.ts (providers) may not import lib/model/quota.ts (model)",
    "stray.ts belongs to no room: give it a line in the table",
  ]);
  assertEquals(forbiddenNames(planted, ["model", "ui"], /\b(Deno|Date\.now)\b/g), [
    "lib/model/bad.ts uses Date.now",
    "lib/ui/Bad.tsx uses Deno",
  ]);
  assertEquals(strayIds(planted, ["acme"]), [
    'lib/web/bad.ts names the provider "acme"',
    'lib/app/compose.ts names the provider "acme"',
  ]);
  const circle: readonly Source[] = [
    { path: "lib/web/a.ts", text: 'import { b } from "./b.ts";' },
    { path: "lib/web/b.ts", text: 'import type { C } from "./c.ts";' },
    { path: "lib/web/c.ts", text: 'import { a } from "./a.ts";\nimport { d } from "./d.ts";' },
    { path: "lib/web/d.ts", text: "" },
  ];
  assertEquals(importCycles(circle), ["lib/web/a.ts, lib/web/b.ts, lib/web/c.ts"]);
});
