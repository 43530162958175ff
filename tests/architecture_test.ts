/**
 * Who may import whom, as data: a room may import what its line names and nothing else,
 * so that imports flow one way. A new file finds its room by its folder; a new room needs
 * a line here.
 */
import { assert, assertEquals } from "./support/assert.ts";
import { importsOf, onlyCode, projectSources, type Source, stringsIn } from "./support/sources.ts";

interface Room {
  readonly name: string;
  /** Files, and folders with a slash at the end. The longest that fits a path is its room. */
  readonly at: readonly string[];
  /** Rooms it may import besides itself: `type x` for types alone, `*` for all. */
  readonly may: readonly string[];
  /** Packages and built-in modules; `preact/*` stands for all below, `*` for any. */
  readonly packages?: readonly string[];
}

const PREACT = ["preact", "preact/hooks", "@preact/signals"];
/** Small and without imports of their own: anybody outside the model may use them. */
const WORDS = ["text", "nearest"];

const ROOMS: readonly Room[] = [
  { name: "model", at: ["lib/model/"], may: [] },
  { name: "text", at: ["lib/text.ts"], may: [] },
  { name: "nearest", at: ["lib/nearest.ts"], may: [] },
  { name: "whole file", at: ["lib/whole_file.ts"], may: [] },
  { name: "version", at: ["lib/version.ts"], may: ["manifest"] },
  { name: "manifest", at: ["deno.json"], may: [] },
  { name: "asking", at: ["lib/asking.ts"], may: [] },
  { name: "clock", at: ["lib/clock.ts"], may: [] },
  { name: "hub", at: ["lib/hub.ts"], may: ["model"] },
  { name: "redact", at: ["lib/redact.ts"], may: ["asking"] },
  { name: "log", at: ["lib/log.ts"], may: ["asking", "clock", "redact", "text"] },

  { name: "provider", at: ["lib/provider.ts"], may: ["asking", "type model"] },
  {
    name: "decode",
    at: [
      "lib/decode.ts",
      "lib/body.ts",
      "lib/request_json.ts",
      "lib/login_file.ts",
      "lib/readings.ts",
      "lib/cookie.ts",
      "lib/script_values.ts",
      "lib/token.ts",
      "lib/keychain.ts",
      "lib/oauth.ts",
      "lib/paged.ts",
    ],
    may: ["asking", "provider", "model"],
    packages: ["valibot"],
  },
  { name: "calendar", at: ["lib/calendar.ts"], may: ["model"] },
  {
    name: "providers",
    at: ["providers/"],
    may: ["asking", "provider", "decode", "calendar", "type model"],
    packages: ["valibot", "aws4fetch"],
  },
  { name: "registry", at: ["providers/mod.ts"], may: ["provider", "providers"] },

  { name: "store contract", at: ["lib/store/store.ts"], may: ["model"] },
  {
    name: "store",
    at: ["lib/store/"],
    may: ["model", "store contract", ...WORDS],
    packages: ["node:sqlite", "node:path", "node:url"],
  },
  { name: "notify", at: ["lib/notify/"], may: ["asking", "model"] },
  // Past states, which also whoever polls needs where the clock was wrong.
  { name: "as of", at: ["lib/analysis/as_of.ts"], may: ["model", "store contract"] },
  { name: "schedule", at: ["lib/poll/schedule.ts"], may: ["model"], packages: ["croner"] },
  {
    name: "poll",
    at: ["lib/poll/"],
    may: [
      "model",
      "asking",
      "provider",
      "schedule",
      "store contract",
      "as of",
      "notify",
      "clock",
      "hub",
      "log",
      ...WORDS,
    ],
    packages: ["node:crypto"],
  },
  {
    name: "config",
    at: ["lib/config.ts", "lib/config/", "lib/base_url.ts"],
    may: ["asking", "provider", "schedule", "log", "redact", ...WORDS],
    packages: ["node:path", "node:util", "valibot", "smol-toml"],
  },
  // Sources that people declare: providers that are made, not written, and the files their programs write.
  {
    name: "custom",
    at: ["lib/custom/"],
    may: ["asking", "decode", "model", "provider", "type config"],
    packages: ["valibot", "node:crypto", "node:path", "node:sqlite"],
  },
  {
    name: "world",
    at: ["lib/world.ts", "lib/world/"],
    may: ["asking", "clock", "config", "decode", "provider", "version"],
    packages: ["node:sqlite", "node:url", "node:dns/promises"],
  },
  {
    name: "reach",
    at: ["lib/reach.ts", "lib/permissions.ts"],
    may: ["asking", "config", "provider", "world"],
  },
  // Started several times a second: it loads nothing of the rest.
  { name: "statusline", at: ["lib/statusline/"], may: [] },
  {
    name: "demo",
    at: ["lib/demo/"],
    may: [
      "model",
      "asking",
      "clock",
      "config",
      "hub",
      "poll",
      "provider",
      "providers",
      "registry",
      "schedule",
      "store contract",
      "world",
      ...WORDS,
    ],
    packages: ["node:path"],
  },
  {
    name: "analysis",
    at: ["lib/analysis.ts", "lib/analysis/"],
    may: ["model", "store contract", "as of", "type hub", "type clock"],
  },
  {
    name: "settings",
    at: ["lib/settings.ts"],
    may: ["model", "type store contract", "type hub", "type clock", "text"],
  },
  { name: "history cache", at: ["lib/history_cache.ts"], may: ["model", "store contract", "hub", "clock"] },
  { name: "dialects", at: ["lib/dialects/"], may: ["model", ...WORDS] },

  { name: "ui", at: ["lib/ui/"], may: ["model", ...WORDS], packages: PREACT },
  { name: "islands", at: ["islands/"], may: ["model", "ui"], packages: [...PREACT, "fresh/runtime"] },
  { name: "auth", at: ["lib/auth/"], may: ["store contract", "clock"], packages: ["node:crypto"] },
  {
    name: "renewal",
    at: ["lib/renewal.ts", "lib/renewal/"],
    may: ["asking", "provider", "whole file", "type clock", "type model", "type store contract"],
    packages: ["node:crypto"],
  },
  {
    name: "accounts",
    at: ["lib/accounts.ts", "lib/accounts/"],
    may: ["model", "asking", "provider", "auth", "renewal", "settings", "type store contract", ...WORDS],
  },
  {
    name: "services",
    at: ["lib/services.ts"],
    may: [
      "type accounts",
      "type analysis",
      "type history cache",
      "type settings",
      "type asking",
      "type clock",
      "type hub",
      "type model",
      "type store contract",
    ],
  },
  {
    name: "web",
    at: ["lib/web/"],
    may: [
      "model",
      "dialects",
      "ui",
      "auth",
      "services",
      "type analysis",
      "type settings",
      "type hub",
      "type clock",
      ...WORDS,
    ],
    packages: ["fresh", "valibot", "preact-render-to-string"],
  },
  {
    name: "routes",
    at: ["routes/"],
    may: ["model", "dialects", "ui", "auth", "services", "web", "islands", ...WORDS],
    packages: ["fresh", "fresh/runtime", "valibot", ...PREACT],
  },
  // Makes the description of the API; nothing that runs in the server imports it.
  {
    name: "openapi",
    at: ["lib/openapi/"],
    may: ["model", "web"],
    packages: ["valibot", "@valibot/to-json-schema"],
  },
  { name: "main", at: ["main.ts"], may: ["web"] },

  {
    name: "compose",
    at: ["lib/compose.ts", "lib/compose/"],
    may: ["*"],
    packages: ["node:path", "node:process", "node:url"],
  },
  { name: "listen", at: ["lib/listen/"], may: [], packages: ["node:http", "node:net"] },
  { name: "server", at: ["lib/server.ts"], may: ["type compose", "web", "clock", "listen"] },
  {
    name: "cli",
    at: ["cli.ts", "lib/cli/", "lib/daemon/"],
    may: [
      "settings",
      "statusline",
      "whole file",
      "reach",
      "accounts",
      "redact",
      "compose",
      "server",
      "services",
      "analysis",
      "as of",
      "model",
      "dialects",
      "config",
      "asking",
      "clock",
      "log",
      "demo",
      "version",
      "type hub",
      "type provider",
      "store contract",
      "main",
      ...WORDS,
    ],
    packages: [
      "commander",
      "@commander-js/extra-typings",
      "node:path",
      "node:util",
      "node:crypto",
      "node:url",
    ],
  },

  // Stands for a package of its own: what it may take, and what nothing else needs to know.
  {
    name: "fresh",
    at: ["lib/fresh/"],
    may: [],
    packages: [
      ...PREACT,
      "preact/jsx-runtime",
      "preact-render-to-string",
      "node:path",
      "node:path/posix",
      "node:url",
    ],
  },
  { name: "dev", at: ["dev/"], may: ["*"], packages: ["*"] },
  { name: "tests", at: ["tests/"], may: ["*"], packages: ["*"] },
];

/** Where the id of a provider may stand besides its own file and the registry. */
const ID_ROOMS = [
  "lib/demo/vendors/", // fake vendors speak as the real ones do
  "lib/demo/trouble.ts", // the demo's story names whom trouble befalls
  "lib/demo/scenarios.ts", // and so does each scenario
  "lib/dialects/", // promised shapes name the providers they were promised for
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

/** What the table does not allow, one line for each import. */
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

/** Names a file uses although its room must not. */
function forbiddenNames(
  sources: readonly Source[],
  rooms: readonly string[],
  names: RegExp,
): readonly string[] {
  return sources.filter((source) => rooms.includes(roomOf(source.path)?.name ?? ""))
    .flatMap((source) =>
      [...onlyCode(source.text).matchAll(names)].map(([name]) => `${source.path} uses ${name.trim()}`)
    );
}

/** Ids that are words of everyday code as well: only keys and variables tell that the provider is meant. */
const EVERYDAY = ["amp", "cursor"];

/** Where a provider is named that should not be. */
function strayIds(sources: readonly Source[], ids: readonly string[]): readonly string[] {
  const found: string[] = [];
  for (const { path, text } of sources) {
    if (path.startsWith("lib/fresh/") || ID_ROOMS.some((at) => path.startsWith(at))) continue;
    for (const id of ids) {
      const file = id.replaceAll("-", "_");
      const isOwn = path === `providers/${file}.ts` || path.startsWith(`providers/${file}/`);
      if (isOwn || path === "providers/mod.ts") continue;
      const upper = id.toUpperCase().replaceAll("-", "_");
      const camel = id.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
      const variable = `${upper}_[A-Z]`;
      // Vendors have dealings with each other: a login may stand in the file of another one's tool.
      const isTold = path.startsWith("providers/");
      const isWord = isTold || EVERYDAY.includes(id);
      const literal = stringsIn(text).some((part) =>
        (part === id && !isWord) || part.startsWith(`${id}/`) ||
        (!isTold && new RegExp(`\\b${variable}`).test(part))
      );
      const named = isWord ? variable : `${camel}(?![a-z-])|${variable}`;
      const identifier = !isTold && new RegExp(`(?<![\\w$-])(${named})`).test(onlyCode(text));
      if (literal || identifier) found.push(`${path} names the provider "${id}"`);
    }
  }
  return found;
}

const sources = await projectSources();
const providerIds = sources
  .map(({ path }) => /^providers\/([a-z0-9_]+)\.ts$/.exec(path)?.[1]?.replaceAll("_", "-"))
  .filter((id) => id !== undefined && id !== "mod") as readonly string[];

Deno.test("every file imports only what its room may", () => {
  assertEquals(forbiddenImports(sources), []);
});

Deno.test("the model reads no clock, draws no lots and touches no runtime", () => {
  const runtime =
    /(?<![.\w])(Deno|fetch|process|performance|crypto|console|globalThis|document|localStorage|setTimeout)\b/g;
  const chance = /\bDate\.now\b|\bnew Date\(\s*\)|(?<!new |\w)Date\(|\bMath\.random\b/g;
  assertEquals(forbiddenNames(sources, ["model"], runtime), []);
  assertEquals(forbiddenNames(sources, ["model"], chance), []);
});

Deno.test("what runs in browsers uses neither Deno nor node", () => {
  assertEquals(forbiddenNames(sources, ["model", "ui", "islands"], /\b(Deno|process|Buffer|require)\b/g), []);
  for (const source of sources) {
    if (!["model", "ui", "islands"].includes(roomOf(source.path)?.name ?? "")) continue;
    for (const { target } of importsOf(source)) {
      assert(!target.startsWith("node:"), `${source.path}: ${target}`);
    }
  }
});

Deno.test("rooms that decide are given the time, and do not read it", () => {
  const deciding = ["poll", "schedule", "dialects", "store", "auth", "notify", "demo", "services"];
  assertEquals(forbiddenNames(sources, deciding, /\bDate\.now\b|\bnew Date\(\s*\)/g), []);
});

Deno.test("providers reach the outside only through what they are asked with", () => {
  const outside = /(?<![.\w])(Deno|fetch|setTimeout|console|process|Date\.now|Math\.random)\b/g;
  assertEquals(forbiddenNames(sources, ["providers", "registry"], outside), []);
});

Deno.test("only its own file, the registry and what promised it name a provider", () => {
  assert(providerIds.length > 0);
  assertEquals(strayIds(sources, providerIds), []);
});

Deno.test("every provider has its line in the registry", () => {
  const registry = sources.find(({ path }) => path === "providers/mod.ts");
  assert(registry);
  const imported = importsOf(registry).map(({ target }) => target);
  for (const id of providerIds) assert(imported.includes(`providers/${id.replaceAll("-", "_")}.ts`), id);
});

Deno.test("the table names each room once and only rooms there are", () => {
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

Deno.test("these tests see what they look for", () => {
  const planted: readonly Source[] = [
    { path: "lib/model/bad.ts", text: 'import { x } from "../store/sqlite.ts";\nconst at = Date.now();' },
    { path: "lib/ui/Bad.tsx", text: "export const a = <p>Don't</p>;\nDeno.exit();" },
    { path: "lib/web/bad.ts", text: 'const key = "acme/work";\nexport * from "../store/open.ts";' },
    { path: "lib/dialects/bad.ts", text: 'import {\n  App,\n} from "fresh";' },
    { path: "lib/compose.ts", text: 'import { acmeProvider } from "./acme.ts";' },
    { path: "providers/bad.ts", text: 'import { quotaKey, type Unit } from "../lib/model/quota.ts";' },
    { path: "providers/good.ts", text: 'import { type Reading } from "../lib/model/quota.ts"; // "fresh"' },
    { path: "stray.ts", text: "" },
  ];
  assertEquals(forbiddenImports(planted), [
    "lib/model/bad.ts (model) may not import lib/store/sqlite.ts (store)",
    "lib/web/bad.ts (web) may not import lib/store/open.ts (store)",
    'lib/dialects/bad.ts (dialects) may not import "fresh"',
    "lib/compose.ts (compose) imports lib/acme.ts, which belongs to no room",
    "providers/bad.ts (providers) may not import lib/model/quota.ts (model)",
    "stray.ts belongs to no room: give it a line in the table",
  ]);
  assertEquals(forbiddenNames(planted, ["model", "ui"], /\b(Deno|Date\.now)\b/g), [
    "lib/model/bad.ts uses Date.now",
    "lib/ui/Bad.tsx uses Deno",
  ]);
  assertEquals(strayIds(planted, ["acme"]), [
    'lib/web/bad.ts names the provider "acme"',
    'lib/compose.ts names the provider "acme"',
  ]);
});
