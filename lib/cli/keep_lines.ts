/** Keeps the lines of status bars ready in a process that stores readings. */
import { isAbsolute } from "../base/path.ts";
import type { Hub } from "../base/hub.ts";
import { renewLines } from "../status_cache/renew.ts";
import type { Store } from "../store/store.ts";
import type { Io } from "./io.ts";
import { loadPart } from "./lazy.ts";

/** Accounts that are polled together are stored within moments of each other. It also lets the time of the file settle. */
const SETTLE_MS = 50;

export interface LineKeeper {
  readonly io: Io;
  readonly dbPath: string;
  /** Returns the database; called only when there is a line to compute. Null when there is none. */
  readonly store: () => Promise<Store | null>;
}

/** Computes the lines that bars asked for lately. Never rejects. */
export async function renewStoredLines({ io, store, dbPath }: LineKeeper): Promise<void> {
  // Lines are cached by the times of files.
  if (io.home === null || !isAbsolute(dbPath)) return;
  await renewLines({
    home: io.home,
    dbPath,
    now: () => io.clock.now(),
    async compute(request, now) {
      const opened = await store();
      if (opened === null) return null;
      const computeLine = await loadPart("computeLine");
      return await computeLine(request, { io, store: opened, now });
    },
  });
}

/** Does so after each change, until it is stopped. */
export function keepLines(hub: Pick<Hub, "listen">, keeper: LineKeeper): { stop(): Promise<void> } {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isStopped = false;
  let renewal: Promise<void> | undefined;

  function schedule(): void {
    if (timer === undefined && !isStopped) timer = setTimeout(renew, SETTLE_MS);
  }

  async function renew(): Promise<void> {
    // What changes meanwhile is noticed afterwards.
    await renewal;
    timer = undefined;
    if (!isStopped) renewal = renewStoredLines(keeper);
  }

  const stopListening = hub.listen(schedule);
  return {
    async stop() {
      isStopped = true;
      stopListening();
      clearTimeout(timer);
      await renewal;
    },
  };
}
