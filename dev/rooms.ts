/**
 * The map of the project: every room, its purpose, and what it may import. The
 * architecture test checks imports against it, and `deno run -A
 * dev/architecture_docs.ts` generates the table in docs/architecture.md from it.
 */

export interface Room {
  readonly name: string;
  /** Files, and folders with a trailing slash. The longest match of a path determines its room. */
  readonly at: readonly string[];
  /** Its purpose, for the documents; a room without it is part of the one around it. */
  readonly about?: string;
  /** Rooms it may import besides itself: `type x` for types only, `*` for all. */
  readonly may: readonly string[];
  /** Packages and built-in modules; `preact/*` matches all below, `*` any. */
  readonly packages?: readonly string[];
}

const PREACT = ["preact", "preact/hooks", "@preact/signals"];

export const ROOMS: readonly Room[] = [
  {
    name: "model",
    at: ["lib/model/"],
    about:
      "nouns and all arithmetic, pure, runs in browsers: `engine/` resets, ledger and sessions, `forecast/`, " +
      "`insights/`, `history/` ranges and downsampling, `view/` what surfaces show",
    may: ["duration"],
  },
  // Durations, which even rooms without access to the model may use.
  { name: "duration", at: ["lib/model/duration.ts"], may: [] },
  {
    name: "base",
    at: ["lib/base/"],
    about: "small parts that any room may use: clock, hub of live events, log, redaction of secrets, text",
    may: ["context", "model", "duration"],
    // Owners and modes of what is open, which the runtime changes by name alone.
    packages: ["node:fs", "node:sqlite"],
  },
  {
    name: "net",
    at: ["lib/net/"],
    about:
      "addresses, subnets, what a name resolves to, and who is at the other end of a connection; opens none",
    may: ["duration"],
    packages: ["node:net", "node:dns/promises"],
  },
  {
    name: "context",
    at: ["lib/provider/context.ts"],
    may: [],
  },
  {
    name: "provider",
    at: ["lib/provider/"],
    about:
      "the contract of a provider, and the context it is given: guarded `fetch`, files, settings, secrets",
    may: ["context", "type model", "duration"],
  },
  {
    name: "provider kit",
    at: ["lib/provider_kit/"],
    about:
      "what providers share: decoders, requests, OAuth, keychains, cookies, pages of answers, usual readings",
    may: ["context", "provider", "model", "duration"],
    packages: ["valibot"],
  },
  {
    name: "providers",
    at: ["providers/"],
    about: "one file (some with a folder) for each vendor, and the registry `mod.ts`",
    may: ["context", "provider", "provider kit", "type model", "duration"],
    packages: ["valibot", "aws4fetch"],
  },
  { name: "product names", at: ["providers/products.ts"], may: ["type model"] },
  { name: "registry", at: ["providers/mod.ts"], may: ["provider", "providers"] },
  {
    name: "store contract",
    at: [
      "lib/store/store.ts",
      "lib/store/audit_contract.ts",
      "lib/store/docs_contract.ts",
      "lib/store/file_contract.ts",
      "lib/store/history_of.ts",
    ],
    may: ["model", "duration"],
  },
  {
    name: "store",
    at: ["lib/store/"],
    about: "the contract `store.ts`, SQLite and its migrations, Deno KV in `kv/`",
    may: ["model", "store contract", "base", "duration"],
    packages: ["node:sqlite", "node:path", "node:url", "node:crypto", "node:zlib"],
  },
  // Past states, which polling also needs to repair data of a wrong clock.
  { name: "as of", at: ["lib/read/as_of.ts"], may: ["model", "store contract", "duration"] },
  { name: "schedule", at: ["lib/poll/schedule.ts"], may: ["model", "duration"], packages: ["croner"] },
  {
    name: "poll",
    at: ["lib/poll/"],
    about: "when an account is due, one poll of it, and the loops: policy, poller, scheduler, heartbeat",
    may: ["model", "context", "provider", "schedule", "store contract", "as of", "base", "duration"],
    packages: ["node:crypto"],
  },
  {
    name: "config",
    at: ["lib/config/"],
    about: "settings, where each came from, and whether a change is live; the config file",
    may: ["context", "provider", "schedule", "net", "base", "duration"],
    packages: ["node:path", "node:util", "valibot", "smol-toml"],
  },
  {
    name: "custom",
    at: ["lib/custom/"],
    about: "custom sources, turned into providers; files of events",
    may: ["context", "provider kit", "model", "provider", "type config", "base", "duration"],
    packages: ["valibot", "node:crypto", "node:path", "node:sqlite"],
  },
  {
    name: "sandbox",
    at: ["lib/sandbox/"],
    about:
      "the guarded context a provider runs in, and everything it may touch: hosts, files, commands, permissions",
    may: ["context", "config", "provider kit", "provider", "base", "net"],
    packages: ["node:sqlite", "node:url"],
  },
  {
    name: "statusline",
    at: ["lib/statusline/"],
    about: "the status line of Claude Code; started several times a second, so it loads nothing else",
    may: [],
  },
  {
    name: "status cache",
    at: ["lib/status_cache/"],
    about: "the last line of `status` for bars, which ask every few seconds; loaded before anything else",
    may: ["base"],
  },
  {
    name: "vault",
    at: ["lib/accounts/vault/"],
    about: "secrets encrypted at rest",
    may: ["store contract", "base"],
    packages: ["node:crypto"],
  },
  {
    name: "renewal",
    at: ["lib/accounts/renewal/"],
    about: "the only code that writes the login of a vendor's tool, with its owner's consent",
    may: ["context", "provider", "base", "type model", "type store contract", "duration"],
    packages: ["node:crypto"],
  },
  {
    name: "accounts",
    at: ["lib/accounts/"],
    about: "the accounts there are, and adding, renaming and removing them",
    may: [
      "model",
      "context",
      "provider",
      "vault",
      "renewal",
      "settings",
      "type store contract",
      "base",
      "duration",
    ],
  },
  {
    name: "access",
    at: ["lib/access/"],
    about:
      "who asks, what they may do, and the one place that decides: people, passkeys, sign-ins, keys, tokens",
    may: ["model", "net", "base", "type store contract", "duration"],
    packages: ["node:crypto", "valibot", "@simplewebauthn/server", "@simplewebauthn/server/helpers"],
  },
  {
    name: "alerts",
    at: ["lib/alerts/"],
    about: "what is told to people: alerts after each poll, the outbox, and the channels messages leave by",
    may: ["model", "vault", "base", "net", "type context", "type store contract", "duration"],
    packages: ["nodemailer", "mqtt", "@block65/webcrypto-web-push"],
  },
  {
    name: "read",
    at: ["lib/read/"],
    about: "what every surface shows, computed from the store and cached until something changes",
    may: ["model", "store contract", "as of", "base", "duration"],
  },
  {
    name: "daemon",
    at: ["lib/daemon/"],
    about: "a server in the background: its run file and lock, starting, stopping, its log",
    may: ["base"],
    packages: ["node:path", "node:crypto"],
  },
  {
    name: "update",
    at: ["lib/update/"],
    about: "releases: where they are, whose signature counts, what is fetched, and putting one in place",
    may: ["base"],
    packages: ["nanotar", "node:path"],
  },
  {
    name: "transfer",
    at: ["lib/transfer/"],
    about: "export and import of a history, for command line and dashboard alike",
    may: ["model", "formats", "read", "as of", "store contract", "base", "duration"],
    packages: ["node:sqlite", "node:url", "node:crypto"],
  },
  {
    name: "formats",
    at: ["lib/formats/"],
    about: "the promised formats, as pure functions of views",
    may: ["model", "base", "duration"],
  },
  {
    name: "settings",
    at: ["lib/app/settings.ts"],
    may: ["model", "type store contract", "base", "duration"],
  },
  {
    name: "app context",
    at: ["lib/app/context.ts"],
    may: [
      "type accounts",
      "type access",
      "type alerts",
      "type read",
      "type settings",
      "type context",
      "type base",
      "type model",
      "type store contract",
      "duration",
    ],
  },
  {
    name: "listen",
    at: ["lib/app/listen/"],
    may: ["net"],
    packages: ["ws", "node:http", "node:https", "node:stream", "node:net"],
  },
  {
    name: "server",
    at: ["lib/app/server.ts", "lib/app/serve/"],
    about: "where the server listens, whether it may, and by which names it answers",
    may: [
      "type app",
      "config",
      "type context",
      "type app context",
      "web",
      "net",
      "base",
      "listen",
      "type daemon",
    ],
    packages: ["node:crypto"],
  },
  {
    name: "app",
    at: ["lib/app/"],
    about: "the composition root: puts everything together; the server, settings people change, maintenance",
    may: ["*"],
    packages: ["node:path", "node:process", "node:sqlite", "node:url"],
  },
  {
    name: "ui",
    at: ["lib/ui/"],
    about: "JSX that pages and islands share, and the charts",
    may: ["model", "base", "duration"],
    packages: PREACT,
  },
  {
    name: "islands",
    at: ["islands/"],
    about: "the only code that runs in browsers",
    may: ["model", "ui", "duration"],
    packages: [...PREACT, "fresh/runtime", "@simplewebauthn/browser"],
  },
  {
    name: "web",
    at: ["lib/web/"],
    about:
      "the web application behind the routes: guards, headers, tables, analytics, live streams, cached answers",
    may: [
      "model",
      "formats",
      "ui",
      "vault",
      "access",
      "type alerts",
      "app context",
      "type read",
      "type settings",
      "net",
      "base",
      "duration",
    ],
    packages: ["fresh", "valibot", "preact-render-to-string", "node:zlib"],
  },
  {
    name: "routes",
    at: ["routes/"],
    about: "thin: read the request, call a room, answer",
    may: ["model", "formats", "ui", "vault", "access", "app context", "web", "islands", "base", "duration"],
    packages: ["fresh", "fresh/runtime", "valibot", ...PREACT],
  },
  {
    name: "openapi",
    at: ["lib/openapi/"],
    about: "makes the description of the API at build time; nothing that runs in the server imports it",
    may: ["model", "web", "access", "duration"],
    packages: ["valibot", "@valibot/to-json-schema"],
  },
  { name: "main", at: ["main.ts"], may: ["web"] },
  // The entry on a host.
  { name: "deno deploy", at: ["deploy/deno_deploy/"], may: ["app"] },
  {
    name: "demo",
    at: ["lib/demo/"],
    about: "fake vendors, a month of invented history, and scenarios",
    may: [
      "model",
      "context",
      "config",
      "poll",
      "provider",
      "providers",
      "registry",
      "schedule",
      "store contract",
      "sandbox",
      "base",
      "duration",
    ],
    packages: ["node:path"],
  },
  {
    name: "cli",
    at: ["cli.ts", "lib/cli/"],
    about: "one file a command in `commands/`, one table of flags (`table.ts`)",
    may: [
      "settings",
      "statusline",
      "status cache",
      "product names",
      "sandbox",
      "access",
      "accounts",
      "alerts",
      "app",
      "app context",
      "server",
      "type listen",
      "net",
      "read",
      "transfer",
      "daemon",
      "update",
      "as of",
      "model",
      "formats",
      "config",
      "context",
      "demo",
      "type provider",
      "store contract",
      "main",
      "base",
      "duration",
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
  {
    name: "fresh",
    at: ["lib/fresh/"],
    about: "stands in for Fresh 2.3.3, a package of its own; its README lists what differs",
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
  {
    name: "dev",
    at: ["dev/"],
    about: "build, tests, mutation check, benchmarks, pictures, generated documents",
    may: ["*"],
    packages: ["*"],
  },
  { name: "tests", at: ["tests/"], may: ["*"], packages: ["*"] },
];
