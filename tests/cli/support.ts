/** Runs commands in process and isolated: with a folder as home, a fixed clock, and captured streams. */
import { join } from "node:path";
import { type Clock, createFixedClock } from "../../lib/base/clock.ts";
import { main } from "../../lib/cli/main.ts";
import type { Io, Screen, Sink } from "../../lib/cli/io.ts";
import { type AccountKey, quotaKey, type Reading } from "../../lib/model/quota.ts";
import { openSqliteStore } from "../../lib/store/sqlite.ts";
import { pollsOf, readEverything } from "../store/polls.ts";
import { reading, utc } from "../support/readings.ts";

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Terminal {
  readonly env?: Readonly<Record<string, string>>;
  /** Whether both streams are terminals. */
  readonly isTty?: boolean;
  readonly columns?: number;
  readonly rows?: number;
  /** Contents of standard input. */
  readonly stdin?: string | ReadableStream<Uint8Array<ArrayBuffer>>;
  readonly clock?: Clock;
  /** Answers typed at the terminal, in order; without them, nothing is typed. */
  readonly answers?: readonly string[];
  /** Collects what a pager would show; without it, there is no pager. */
  readonly paged?: string[];
  /** Collects what a browser would open; without it, there is no browser. */
  readonly opened?: string[];
  /** The full-screen terminal with keys; without it, there is none. */
  readonly screen?: Screen;
  /** Receives the function that ends the program, as the system would. */
  readonly onStop?: (stop: () => void) => void;
}

export const NOW = utc("2026-11-21 13:00");

export class CliHome {
  readonly folder: string;
  readonly dbPath: string;
  /** Environment of every command. */
  readonly env: Record<string, string>;

  constructor(folder: string) {
    this.folder = folder;
    this.dbPath = join(folder, ".syntrack", "data", "syntrack.db");
    // The keychain belongs to the system, whatever the home: a test must not find a real login there.
    this.env = { SYNTRACK_TIMEZONE: "UTC", SYNTRACK_RUN_COMMANDS: "off" };
  }

  io(terminal: Terminal = {}): Io & { readonly ran: () => Omit<Ran, "code"> } {
    const { env = {}, isTty = false, columns, rows, stdin = "", clock = createFixedClock(NOW), onStop } =
      terminal;
    const written = { stdout: "", stderr: "" };
    const answers = terminal.answers && [...terminal.answers];
    const sink = (name: "stdout" | "stderr"): Sink => ({
      write: (text) => void (written[name] += text),
      isTty,
      columns: isTty ? columns ?? 80 : null,
      rows: isTty ? rows ?? 24 : null,
    });
    return {
      stdout: sink("stdout"),
      stderr: sink("stderr"),
      env: { ...this.env, ...env },
      cwd: this.folder,
      home: this.folder,
      stdin: () => typeof stdin === "string" ? new Blob([stdin]).stream() : stdin,
      clock,
      ask(question) {
        if (!answers) return Promise.resolve(null);
        written.stderr += `${question}\n`;
        return Promise.resolve(answers.shift() ?? "");
      },
      page(text) {
        terminal.paged?.push(text);
        return Promise.resolve(terminal.paged !== undefined);
      },
      openUrl(url) {
        terminal.opened?.push(url);
        return Promise.resolve(terminal.opened !== undefined);
      },
      screen: () => Promise.resolve(terminal.screen ?? null),
      onStop(stop) {
        onStop?.(stop);
        return () => {};
      },
      ran: () => written,
    };
  }

  async run(args: string, terminal: Terminal = {}): Promise<Ran> {
    const io = this.io(terminal);
    const code = await main(args.split(" ").filter((arg) => arg !== ""), io);
    return { code, ...io.ran() };
  }

  /** Runs a command that must succeed, and parses its JSON. */
  async json(args: string, terminal: Terminal = {}): Promise<unknown> {
    const { code, stdout, stderr } = await this.run(args, terminal);
    if (code !== 0) throw new Error(`"${args}" ended with ${code}: ${stderr}`);
    return JSON.parse(stdout);
  }

  /** Commits more readings of one quota: times such as `2026-11-21 01:00`, and the used amounts. */
  async fill(
    used: readonly (readonly [at: string, used: number | null])[],
    fields: Partial<Reading> = {},
    account: AccountKey = "acme/work",
  ): Promise<void> {
    await using store = await openSqliteStore(this.dbPath);
    const polls = pollsOf(
      used.map(([at, value]) => ({
        at: utc(at),
        readings: [
          reading({ used: value, limit: 135, remaining: value === null ? null : 135 - value, ...fields }),
        ],
      })),
      account,
      await store.recall(account),
    );
    await store.commitAll(polls);
  }
}

export async function withCliHome(work: (place: CliHome) => Promise<void>): Promise<void> {
  const folder = await Deno.realPath(await Deno.makeTempDir({ prefix: "syntrack-cli-" }));
  try {
    await work(new CliHome(folder));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Three windows in one day; the consumption is 290, and 24.1667 an hour. */
export const ORACLE_DAY: readonly (readonly [at: string, used: number])[] = [
  ["2026-11-21 01:00", 0],
  ["2026-11-21 02:00", 60],
  ["2026-11-21 04:30", 130],
  ["2026-11-21 05:30", 5],
  ["2026-11-21 09:00", 120],
  ["2026-11-21 10:00", 10],
  ["2026-11-21 13:00", 40],
];

/** Returns everything in a database that follows from readings, but not how and when they arrived. */
export async function readContents(dbPath: string): Promise<Record<string, unknown>> {
  await using store = await openSqliteStore(dbPath, { readOnly: true });
  const records = await store.latest();
  const quotas = records.flatMap(({ account, state }) =>
    Object.keys(state.quotas).map((quota) => quotaKey(account, quota))
  );
  const { latest: _, outcomes: __, ...rest } = await readEverything(store, quotas) as Record<string, unknown>;
  return { ...rest, states: records.map(({ state }) => state) };
}
