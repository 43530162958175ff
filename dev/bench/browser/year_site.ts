/** A database with a synthetic year of history, served by a separate process. */
import { DAY_MS, MINUTE_MS } from "../../../lib/model/duration.ts";
import { openSqliteStore } from "../../../lib/store/sqlite.ts";
import { ensureBuilt } from "../../build.ts";
import { copyAccounts } from "../copy_accounts.ts";
import { fillHistory } from "../history.ts";
import { TextLineStream } from "./lines.ts";

const QUOTAS = 4;
const FINE_DAYS = 30;
/** Linux only; other systems' process data is not read. */
const TICK_MS = 10;

export interface YearSite extends AsyncDisposable {
  readonly origin: string;
  /** Polls one account, each in turn. */
  poll(): Promise<void>;
  /** Returns the server's processor time so far, in milliseconds; NaN when the system does not report it. */
  cpuMs(): number;
}

/** Creates a year at half-hour steps, its last 30 days at five minutes. */
export async function makeYear(file: string, accounts: number): Promise<void> {
  const endAt = Date.now();
  {
    await using store = await openSqliteStore(file);
    const one = { accounts: 1, quotas: QUOTAS };
    const begin = endAt - FINE_DAYS * DAY_MS;
    await fillHistory(store, { ...one, days: 365 - FINE_DAYS, stepMs: 30 * MINUTE_MS, endAt: begin });
    await fillHistory(store, { ...one, days: FINE_DAYS, stepMs: 5 * MINUTE_MS, endAt });
  }
  copyAccounts(file, accounts);
}

export async function openYearSite(file: string): Promise<YearSite> {
  await ensureBuilt();
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "-A",
      "--v8-flags=--max-semi-space-size=4",
      new URL("serve_year.ts", import.meta.url).pathname,
      file,
    ],
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const lines = child.stdout.pipeThrough(new TextDecoderStream()).pipeThrough(new TextLineStream())
    .getReader();
  const writer = child.stdin.getWriter();
  const line = new TextEncoder().encode("poll\n");
  const origin = (await lines.read()).value;
  if (origin === undefined) throw new Error("The server printed no address");
  return {
    origin,
    async poll() {
      await writer.write(line);
      if ((await lines.read()).done) throw new Error("The server ended");
    },
    cpuMs() {
      try {
        const fields = Deno.readTextFileSync(`/proc/${child.pid}/stat`).split(") ")[1]!.split(" ");
        return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
      } catch {
        return NaN;
      }
    },
    async [Symbol.asyncDispose]() {
      await writer.close();
      lines.releaseLock();
      // A page that is still open must not keep it running.
      child.kill("SIGKILL");
      await child.status;
    },
  };
}
