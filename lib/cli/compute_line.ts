/** Computes the line of a status bar within a process that has the database open, exactly as `status` does. */
import { hiddenAccounts, readSettings } from "../app/settings.ts";
import { resolve } from "../base/path.ts";
import { createFixedClock } from "../base/clock.ts";
import type { ComputedLine, LineRequest } from "../status_cache/cache.ts";
import type { Io, Sink } from "./io.ts";
import type { LineSource } from "./lazy.ts";
import { makeTools } from "./make_tools.ts";
import type { DataLocation } from "./data_location.ts";
import { readPresent } from "./present.ts";
import { DECLARED } from "./product_names.ts";
import { composeLine, readFormat, shownOptions } from "./status_line.ts";
import type { Typed } from "./table.ts";

/**
 * Returns null where the answer depends on more than the database: which hidden accounts are configured, and how
 * declared sources are called.
 *
 * @throws for a request that cannot be answered
 */
export async function computeLine(
  { dbPath, zone, width, isAscii, options }: LineRequest,
  { io, store, now }: LineSource,
): Promise<ComputedLine | null> {
  const all = await store.latest();
  if (all.some(({ account }) => account.startsWith(DECLARED))) return null;
  if (hiddenAccounts(await readSettings(store, now)).length > 0) return null;
  const typed: Typed = { command: "status", operands: [], options: shownOptions({ options }) };
  const location: DataLocation = {
    dbPath,
    zone: () => zone,
    // The only one that is asked for ends sessions, which no line shows.
    setting: (option) =>
      option.fallback({ home: io.home, cwd: io.cwd, systemTimezone: zone, timezone: zone, resolve }),
    settingsFiles: [],
  };
  const own: Io = {
    ...io,
    env: {},
    clock: createFixedClock(now, io.clock),
    stdout: NOWHERE,
    stderr: NOWHERE,
  };
  await using tools = makeTools(typed, own, store, location);
  const format = readFormat(typed);
  const present = await readPresent(tools);
  const { headline: _, ...line } = composeLine(present, {
    now,
    typed,
    format,
    width: width ?? Infinity,
    isAscii,
  });
  return line;
}

const NOWHERE: Sink = { write() {}, isTty: false, columns: null, rows: null };
