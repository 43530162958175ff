/**
 * Loads the parts of the command line that not every command needs, by computed addresses.
 * Whatever stands in a literal import, of a type as well, the runtime reads and resolves at
 * every start, used or not: that took half as long again as an empty program. So the
 * parts are described here, and `parts.ts` names them literally, for the type checker and
 * for the single executable.
 */
import type { Chosen } from "./select.ts";
import type { CommandName, Parsed, ProgramOptions } from "./table.ts";
import type { Tools } from "./tools.ts";

/** Does what was typed; resolves to the exit code. */
export type Command = (tools: Tools) => number | Promise<number>;

export interface Parts extends Readonly<Record<CommandName, Command>> {
  readonly checkProvider: (name: string) => void;
  readonly drawUsage: (tools: Tools, days: number) => Promise<number>;
  readonly outlook: (
    tools: Tools,
    quota: Chosen | null,
  ) => Promise<
    {
      readonly forecast: { readonly state: string; readonly emptyAt: number | null } | null;
      readonly json: object;
    }
  >;
  readonly parseArgs: (args: readonly string[], options: ProgramOptions) => Parsed;
  readonly providerId: (word: string) => string;
  readonly summarize: (tools: Tools, quota: Chosen | null) => Promise<object>;
}

/** Where each part lies, from this folder. */
const FILES: Readonly<Record<keyof Parts, string>> = {
  account: "./commands/account.ts",
  backtest: "./commands/backtest.ts",
  chart: "./commands/chart.ts",
  checkProvider: "./known_providers.ts",
  collect: "./commands/collect.ts",
  config: "./commands/config.ts",
  cycles: "./commands/cycles.ts",
  db: "./commands/db.ts",
  demo: "./commands/demo.ts",
  doctor: "./commands/doctor.ts",
  drawUsage: "./commands/chart.ts",
  export: "./commands/export.ts",
  forecast: "./commands/forecast.ts",
  guard: "./commands/guard.ts",
  history: "./commands/history.ts",
  import: "./commands/import.ts",
  insights: "./commands/insights.ts",
  key: "./commands/key.ts",
  outlook: "./outlook.ts",
  parseArgs: "./program.ts",
  providerId: "./known_providers.ts",
  providers: "./commands/providers.ts",
  query: "./commands/query.ts",
  serve: "./commands/serve.ts",
  sessions: "./commands/sessions.ts",
  setup: "./commands/setup.ts",
  stats: "./commands/stats.ts",
  statusline: "./commands/statusline.ts",
  status: "./commands/status.ts",
  summarize: "./outlook.ts",
};

export async function lazily<Part extends keyof Parts>(part: Part): Promise<Parts[Part]> {
  const module: Pick<Parts, Part> = await import(new URL(FILES[part], import.meta.url).href);
  return module[part];
}
