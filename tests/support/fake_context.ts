/** A provider context made of exchanges: no network, a clock that stands still, and a log that keeps its lines. */
import type { CommandResult, LogFields, Os, ProviderContext, Row } from "../../lib/provider/context.ts";
import { ProviderError } from "../../lib/provider/contract.ts";
import { type Exchange, matching, responseOf, type Sent } from "./exchange.ts";

export interface FakeContextOptions {
  readonly settings?: Readonly<Record<string, string>>;
  readonly exchanges?: readonly Exchange[];
  /** Used instead of exchanges. */
  readonly answer?: (sent: Sent) => Response;
  /** Epoch milliseconds, or ISO 8601. */
  readonly now?: number | string;
  /** By the exact path that a provider declares. */
  readonly files?: Readonly<Record<string, string>>;
  /** Rows of SQLite files, in the same way, whatever the query. */
  readonly rows?: Readonly<Record<string, readonly Row[]>>;
  /** Output of commands, by command and arguments separated by spaces. */
  readonly commands?: Readonly<Record<string, CommandResult>>;
  readonly os?: Os;
}

export interface FakeContext extends ProviderContext {
  /** All requests, in order. */
  readonly requests: readonly Sent[];
  readonly lines: readonly { readonly level: string; readonly message: string; readonly fields: LogFields }[];
}

export function createFakeContext(options: FakeContextOptions = {}): FakeContext {
  const { settings = {}, exchanges = [], now = 0, files = {}, rows = {}, commands = {} } = options;
  const requests: Sent[] = [];
  const lines: { level: string; message: string; fields: LogFields }[] = [];
  const at = typeof now === "number" ? now : Date.parse(now);

  const answer = options.answer ?? ((sent: Sent) => {
    const exchange = matching(exchanges, sent, false);
    if (!exchange) throw new Error(`Unexpected request: ${sent.method} https://${sent.host}${sent.path}`);
    return responseOf(exchange.response);
  });
  const find = (name: string) => {
    const value = settings[name];
    return value ? { value, source: `${name} in the environment` } : undefined;
  };
  const write = (level: string) => (message: string, fields: LogFields = {}) => {
    lines.push({ level, message, fields });
  };

  return {
    requests,
    lines,
    async fetch(input, init = {}) {
      const url = new URL(input);
      const sent: Sent = {
        method: init.method ?? "GET",
        host: url.host,
        path: `${url.pathname}${url.search}`,
        headers: new Headers(init.headers),
        body: init.body === undefined || init.body === null ? "" : await new Response(init.body).text(),
      };
      requests.push(sent);
      const response = answer(sent);
      if (response.status >= 300 && response.status < 400) {
        if (init.redirect === "manual") return response;
        throw new ProviderError("unavailable", "The answer is a redirect");
      }
      return response;
    },
    now: () => at,
    find,
    env: (name) => find(name)?.value,
    readText: (path) => Promise.resolve(files[path] ?? null),
    readRows: (path) => Promise.resolve(rows[path] ?? null),
    run: (command, args) => Promise.resolve(commands[[command, ...args].join(" ")] ?? null),
    memory: new Map<string, unknown>(),
    lastReadings: () => Promise.resolve([]),
    os: options.os ?? "linux",
    log: { debug: write("debug"), info: write("info"), warn: write("warn"), error: write("error") },
    signal: new AbortController().signal,
  };
}
