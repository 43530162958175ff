/**
 * Recognizes accounts of another tracker that were imported before under another name: a single account is imported as
 * `default`, but once there is a second one, each has its own name; and either program may rename it. Without this, the
 * same history would be imported twice.
 */
import type { ImportedReading } from "../../formats/import_rows.ts";
import { type AccountKey, accountKey, quotaKey, splitAccountKey } from "../../model/quota.ts";
import type { Store } from "../../store/store.ts";
import { isSameReading } from "../import_check.ts";

/** Readings of an account compared with stored ones, spread over its history: old ones may have expired. */
const MAX_SAMPLES = 64;
/** Of them that must be stored within the time in which some are; a vendor may have stated none now and then. */
const MIN_SHARE = 0.9;
const HEAR_EVERY = 4096;

interface Samples {
  readonly readings: ImportedReading[];
  seen: number;
  /** Every so many readings are one of them. */
  stride: number;
}

/** Returns the stored account that each account of the other tracker continues, where that has another name. */
export async function findStoredNames(
  rows: Iterable<ImportedReading>,
  store: Pick<Store, "latest" | "readings">,
  signal: AbortSignal,
): Promise<ReadonlyMap<AccountKey, AccountKey>> {
  const stored = (await store.latest()).map(({ account }) => account);
  if (stored.length === 0) return new Map();
  const samples = await gatherSamples(rows, signal);
  const matches: { readonly from: AccountKey; readonly to: AccountKey; readonly score: number }[] = [];
  for (const [from, { readings }] of samples) {
    const { provider } = splitAccountKey(from);
    for (const to of stored.filter((key) => splitAccountKey(key).provider === provider)) {
      const score = await countStored(readings, to, store);
      if (score > 0) matches.push({ from, to, score });
    }
  }
  // The best match first; of equal ones that of the same name.
  matches.sort((a, b) => b.score - a.score || Number(b.from === b.to) - Number(a.from === a.to));
  const found = new Map<AccountKey, AccountKey>();
  const taken = new Set<AccountKey>();
  for (const { from, to } of matches) {
    if (found.has(from) || taken.has(to)) continue;
    found.set(from, to);
    taken.add(to);
  }
  // An account that is new may not go on under the name of another one.
  for (const from of samples.keys()) {
    if (found.has(from) || !taken.has(from)) continue;
    const free = findFreeName(from, (key) => taken.has(key) || stored.includes(key) || samples.has(key));
    found.set(from, free);
    taken.add(free);
  }
  return new Map([...found].filter(([from, to]) => from !== to));
}

async function gatherSamples(
  rows: Iterable<ImportedReading>,
  signal: AbortSignal,
): Promise<ReadonlyMap<AccountKey, Samples>> {
  const byAccount = new Map<AccountKey, Samples>();
  let count = 0;
  for (const row of rows) {
    // A program handles signals only while it waits.
    if (++count % HEAR_EVERY === 0) await new Promise((resolve) => setTimeout(resolve, 0));
    signal.throwIfAborted();
    const own = byAccount.get(row.account) ?? { readings: [], seen: 0, stride: 1 };
    byAccount.set(row.account, own);
    if (own.seen++ % own.stride !== 0) continue;
    own.readings.push(row);
    if (own.readings.length < MAX_SAMPLES) continue;
    own.readings.splice(0, MAX_SAMPLES, ...own.readings.filter((_, place) => place % 2 === 0));
    own.stride *= 2;
  }
  return byAccount;
}

/**
 * Returns how many of the readings are stored for an account; 0 unless those from the first to the last one are: two idle
 * accounts that are polled together state the same figure now and then.
 */
async function countStored(
  readings: readonly ImportedReading[],
  account: AccountKey,
  store: Pick<Store, "readings">,
): Promise<number> {
  const found: boolean[] = [];
  for (const { at, reading } of readings) {
    const quota = quotaKey(account, reading.quota);
    const [same] = await store.readings({ quota, from: at, to: at + 1, limit: 1 });
    if (same && !isSameReading(same, reading)) return 0;
    found.push(same !== undefined);
  }
  const [first, last] = [found.indexOf(true), found.lastIndexOf(true)];
  const count = found.filter((one) => one).length;
  return first >= 0 && count >= MIN_SHARE * (last - first + 1) ? count : 0;
}

function findFreeName(key: AccountKey, isTaken: (key: AccountKey) => boolean): AccountKey {
  const { provider, name } = splitAccountKey(key);
  for (let number = 2;; number++) {
    const free = accountKey(provider, `${name}-${number}`);
    if (!isTaken(free)) return free;
  }
}
