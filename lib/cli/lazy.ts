/**
 * Loads the parts of the command line that not every command needs, by computed addresses. The runtime reads and
 * resolves every literal import at every start, used or not, even of a type: that cost half the start-up time of
 * an empty program. So this file describes the parts, `parts.ts` names them literally for the type checker, and
 * the build makes a bundle of each group.
 */
import type { AuditFacts } from "../access/access.ts";
import { moduleAddress } from "../base/address.ts";
import type { AccountKey } from "../model/quota.ts";
import type { AccountRecord, Store } from "../store/store.ts";
import type { ComputedLine, LineRequest } from "../status_cache/cache.ts";
import type { Io } from "./io.ts";
import type { SelectedQuota } from "./select.ts";
import type { CommandName, Parsed, ProgramOptions, Typed } from "./table.ts";
import type { Tools } from "./tools.ts";

/** Where the line of a status bar comes from. */
export interface LineSource {
  readonly io: Io;
  readonly store: Store;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** Why nothing polls an account: it has no credential any more, or a user turned its polling off. */
export type UnpolledReason = "removed" | "off";

/** Runs the typed command; resolves to the exit code. */
export type Command = (tools: Tools) => number | Promise<number>;

export interface Parts extends Readonly<Record<CommandName, Command>> {
  /** Adapts what was typed with `--test`, so that nothing of the real server is touched. */
  readonly asTest: (typed: Typed, io: Pick<Io, "home">) => Typed;
  /** The same commands, answered by a remote server. */
  readonly askServer: Command;
  readonly checkProvider: (name: string) => void;
  readonly computeLine: (request: LineRequest, source: LineSource) => Promise<ComputedLine | null>;
  readonly listConfigured: (
    tools: Tools,
    latest: readonly AccountRecord[],
  ) => Promise<ReadonlySet<AccountKey>>;
  readonly drawUsage: (tools: Tools, days: number) => Promise<number>;
  readonly outlook: (
    tools: Tools,
    quota: SelectedQuota | null,
  ) => Promise<
    {
      readonly forecast:
        | { readonly state: string; readonly reason: string; readonly emptyAt: number | null }
        | null;
      readonly json: object;
    }
  >;
  readonly parseArgs: (args: readonly string[], options: ProgramOptions) => Parsed;
  readonly providerId: (word: string) => string;
  readonly record: (tools: Tools, lines: readonly AuditFacts[]) => Promise<void>;
  readonly showProgress: (io: Pick<Io, "stderr" | "env">, text: string | null) => void;
  readonly summarize: (tools: Tools, quota: SelectedQuota | null) => Promise<object>;
  readonly listUnpolled: (
    tools: Tools,
    latest: readonly AccountRecord[],
  ) => Promise<ReadonlyMap<AccountKey, UnpolledReason>>;
}

/**
 * The path of each part, from this folder. The bundle has one file for each group: many small files take
 * longer to load than the parts a command does not use.
 */
export const GROUPS: Readonly<Record<string, Partial<Readonly<Record<keyof Parts, string>>>>> = {
  quick: {
    guard: "commands/guard.ts",
    query: "commands/query.ts",
  },
  answers: {
    chart: "commands/chart.ts",
    computeLine: "compute_line.ts",
    cycles: "commands/cycles.ts",
    drawUsage: "commands/chart.ts",
    forecast: "commands/forecast.ts",
    history: "commands/history.ts",
    horizon: "commands/horizon.ts",
    insights: "commands/insights.ts",
    outlook: "outlook.ts",
    sessions: "commands/sessions.ts",
    showProgress: "progress_line.ts",
    stats: "commands/stats.ts",
    status: "commands/status.ts",
    summarize: "outlook.ts",
    watch: "commands/watch.ts",
  },
  asking: { health: "commands/health.ts" },
  names: { checkProvider: "products.ts", providerId: "products.ts" },
  shell: { completion: "commands/completion.ts", open: "commands/open.ts" },
  words: { parseArgs: "program.ts" },
  keeping: {
    account: "commands/account.ts",
    audit: "commands/audit.ts",
    alerts: "commands/alerts.ts",
    backtest: "commands/backtest.ts",
    channels: "commands/channels.ts",
    collect: "commands/collect.ts",
    config: "commands/config.ts",
    listConfigured: "configured_accounts.ts",
    db: "commands/db.ts",
    doctor: "commands/doctor.ts",
    export: "commands/export.ts",
    feeds: "commands/feeds.ts",
    import: "commands/import.ts",
    key: "commands/key.ts",
    notes: "commands/notes.ts",
    providers: "commands/providers.ts",
    record: "record.ts",
    setup: "commands/setup.ts",
    spend: "commands/spend.ts",
    statusline: "commands/statusline.ts",
    listUnpolled: "configured_accounts.ts",
    token: "commands/token.ts",
    user: "commands/user.ts",
  },
  serving: {
    restart: "commands/restart.ts",
    serve: "commands/serve.ts",
    service: "commands/service.ts",
    start: "commands/start.ts",
  },
  running: { asTest: "test_options.ts", logs: "commands/logs.ts", stop: "commands/stop.ts" },
  updating: { update: "commands/update.ts" },
  remote: { askServer: "remote/ask_server.ts" },
  demo: { demo: "commands/demo.ts" },
};

export async function loadPart<Part extends keyof Parts>(part: Part): Promise<Parts[Part]> {
  const module: Pick<Parts, Part> = await import(resolveAddress(part));
  return module[part];
}

function resolveAddress(part: keyof Parts): string {
  for (const [group, files] of Object.entries(GROUPS)) {
    const file = files[part];
    if (file !== undefined) return moduleAddress(`lib/cli/${file}`, group);
  }
  throw new TypeError(`Cannot load "${part}": it is in no group`);
}
