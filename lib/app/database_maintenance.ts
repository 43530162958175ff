/**
 * Maintains the database for the dashboard. It belongs to the composition root because it accesses files.
 */
import { dirname, join } from "../base/path.ts";
import type { Clock } from "../base/clock.ts";
import { findLastStored, pruningInstant } from "../poll/maintenance.ts";
import type { Backup, DatabaseSize, FileMaintenance, MaintenanceStatus } from "./context.ts";
import { makeScratch, tidyScratch } from "./scratch.ts";
import { openSqliteStore } from "../store/sqlite.ts";
import type { DatabaseFile, DocKind, Retention, Store } from "../store/store.ts";

/** Whether a kind of document is left out of copies that leave the machine. */
const SECRET: Readonly<Record<DocKind, boolean>> = {
  settings: false,
  alerts: false,
  alert_memory: false,
  channels: true,
  // A copy must not send what the original sends.
  outbox: true,
  accounts: true,
  identities: true,
  renewals: true,
  users: true,
  logins: true,
  keys: true,
  passkeys: true,
  feeds: true,
  shared: true,
  notes: false,
};

/** Counting takes a while, so counts are cached for this long, in milliseconds. */
const COUNT_CACHE_MS = 60_000;
const CHUNK_BYTES = 64 * 1024;

export interface MaintenanceParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly retention: () => Promise<Retention>;
  /** How long readings are kept by default, in milliseconds; 0 keeps them forever. */
  readonly keepReadingsMs: number;
}

/** Returns null for a store in memory. */
export function createMaintenanceJobs(parts: MaintenanceParts): MaintenanceStatus | null {
  const { store, clock, retention } = parts;
  if (store.path === ":memory:") return null;
  let counted: { readonly at: number; readonly size: Promise<DatabaseSize> } | undefined;

  function countSize(): Promise<DatabaseSize> {
    const now = clock.now();
    if (counted && now >= counted.at && now - counted.at < COUNT_CACHE_MS) return counted.size;
    const size = store.size();
    counted = { at: now, size };
    size.catch(() => counted = undefined);
    return size;
  }

  return {
    path: store.path,
    // It may change while the program runs.
    get keepReadingsMs() {
      return parts.keepReadingsMs;
    },
    size: countSize,
    async prune() {
      const from = pruningInstant(clock.now(), await findLastStored(store));
      const rows = await store.prune(await retention(), from);
      counted = undefined;
      return rows;
    },
    file: store.file && fileMaintenance(store, store.file, clock, () => void (counted = undefined)),
  };
}

function fileMaintenance(
  store: Store,
  file: DatabaseFile,
  clock: Clock,
  changed: () => void,
): FileMaintenance {
  let copying = false;
  return {
    async vacuum() {
      const before = (await store.size()).bytes;
      await file.vacuum();
      changed();
      return Math.max(0, before - (await store.size()).bytes);
    },
    async backup() {
      if (copying) return null;
      copying = true;
      try {
        return await backUp(file, clock, () => void (copying = false));
      } catch (error) {
        copying = false;
        throw error;
      }
    },
  };
}

/** Removes copies that a killed process left beside a database. */
export async function tidyCopies(store: Store): Promise<void> {
  const { file } = store;
  if (file !== null && file.path !== ":memory:") await tidyScratch(PREFIX, dirname(file.path));
}

/** Prefix of the folders for copies, beside the database: its folder is private and on the same disk. */
const PREFIX = "backup-";

/** Makes a complete copy without secrets, and removes its name before returning it. */
async function backUp(database: DatabaseFile, clock: Clock, done: () => void): Promise<Backup> {
  await using scratch = await makeScratch(PREFIX, dirname(database.path));
  const path = join(scratch.path, "copy.db");
  await database.backup(path);
  await withoutSecrets(path, clock.now());
  const { size } = await Deno.stat(path);
  const file = await Deno.open(path);
  // Where an open file keeps its name, the folder is removed after reading.
  const folder = Deno.build.os === "windows" ? await makeScratch(PREFIX, dirname(database.path)) : null;
  if (folder) await Deno.rename(path, join(folder.path, "copy.db"));
  return {
    bytes: size,
    body: streamFile(file, clock, async () => {
      done();
      await folder?.[Symbol.asyncDispose]();
    }),
  };
}

async function withoutSecrets(path: string, now: number): Promise<void> {
  await using copy = await openSqliteStore(path, { create: false });
  for (const [kind, secret] of Object.entries(SECRET) as [DocKind, boolean][]) {
    if (!secret) continue;
    for (const { id } of await copy.docs.list(kind, now)) await copy.docs.delete(kind, id);
  }
  await copy.prune({ readingsMs: 0, fiveMinutesMs: 0, outcomesMs: 0 }, now);
  // Deleted rows remain in free pages until those are rewritten.
  await copy.vacuum();
}

/** A reader that takes nothing for this long has gone. */
const IDLE_MS = 60_000;

/** Streams a file. @param done called when it was read or the reader cancelled */
function streamFile(file: Deno.FsFile, clock: Clock, done: () => Promise<void>): Backup["body"] {
  let waiting: AbortController | undefined;
  let over = false;

  async function end() {
    waiting?.abort();
    if (over) return;
    over = true;
    file.close();
    await done();
  }

  /** Ends it when the reader does not ask for more in time. */
  async function watch(giveUp: () => void) {
    waiting?.abort();
    const own = waiting = new AbortController();
    await clock.sleep(IDLE_MS, own.signal);
    if (own.signal.aborted || over) return;
    giveUp();
    await end();
  }

  return new ReadableStream({
    start(controller) {
      void watch(() => controller.error(new Error("The copy was not read")));
    },
    async pull(controller) {
      if (over) return;
      const chunk = new Uint8Array(CHUNK_BYTES);
      const length = await file.read(chunk);
      if (length !== null) {
        controller.enqueue(chunk.subarray(0, length));
        void watch(() => controller.error(new Error("The copy was not read")));
        return;
      }
      await end();
      controller.close();
    },
    cancel: end,
  }, { highWaterMark: 0 });
}
