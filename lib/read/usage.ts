/**
 * Caches the usage of quotas by calendar slot: a year of days of sixty quotas is half a million hourly
 * buckets, which it reads once; after a poll it reads only the last days of that account again.
 */
import { Cache } from "../base/cache.ts";
import { DAY, FIVE_MINUTES } from "../model/engine/bucket.ts";
import { type AccountKey, type QuotaKey, splitQuotaKey } from "../model/quota.ts";
import { type QuotaUses, type Slot, sumIntoSlots, type Use } from "../model/history/usage.ts";
import type { Store } from "../store/store.ts";
import { seriesInUnit, type UnitHistory, unitHistory } from "./units.ts";
import { readBuckets } from "./periods.ts";
import { finalUntil } from "./settled.ts";

export interface UsageQuery {
  readonly quotas: readonly QuotaKey[];
  /** Up to a day; longer intervals are summed from days. */
  readonly interval: "5m" | "30m" | "1h" | "1d";
  /** As `listSlots` returns them for the interval. */
  readonly slots: readonly Slot[];
  readonly zone: string;
}

export interface UsageMemory {
  usage(query: UsageQuery): Promise<readonly QuotaUses[]>;
}

interface CachedUsage {
  readonly version: number;
  readonly readAt: number;
  /** Slots that end later may have changed since, epoch milliseconds. */
  readonly finalUntil: number;
  /** Uses in an earlier unit are read again. */
  readonly units: UnitHistory;
  /** The first reading that counts in the current unit; null before it. */
  readonly since: number | null;
  /** By start of the slot. */
  readonly uses: ReadonlyMap<number, Use | null>;
  /** By requested calendar, see `calendarKey`. */
  readonly lists: Map<string, readonly (Use | null)[]>;
}

/** Reload everything after this long: another process may have imported older history. */
const MAX_AGE_MS = 6 * 3_600_000;
/** For fleets: with fewer than there are quotas, each page would read all of them again. */
const MAX_ENTRIES = 4096;
/** More calendars than pages show of a quota. */
const MAX_LISTS = 8;

export function createUsageMemory(
  store: Store,
  now: () => number,
  versionOf: (account: AccountKey) => number,
): UsageMemory {
  const memory = new Cache<string, CachedUsage>({ max: MAX_ENTRIES, maxAgeMs: MAX_AGE_MS, now });

  async function readUsesBetween(
    quota: QuotaKey,
    interval: UsageQuery["interval"],
    slots: readonly Slot[],
    units: UnitHistory,
  ): Promise<ReadonlyMap<number, Use | null>> {
    if (slots.length === 0) return new Map();
    const periods = slots.map((slot) => ({ ...slot, label: "" }));
    const buckets = interval === "5m" || interval === "30m"
      ? await seriesInUnit(
        store,
        { quota, from: slots[0]!.from, to: slots.at(-1)!.to, step: FIVE_MINUTES },
        now(),
        units,
      )
      : await readBuckets(store, quota, periods, now(), units);
    return new Map(sumIntoSlots(buckets, slots).map((use, i) => [slots[i]!.from, use]));
  }

  /** Readings expire before days do, so the first one may be known by its day only. */
  async function findFirstReading(quota: QuotaKey, { spans }: UnitHistory): Promise<number | null> {
    const [oldest] = await store.readings({ quota, to: now() + 1, limit: 1 });
    const [day] = await store.series({ quota, from: 0, to: oldest?.at ?? now(), step: DAY });
    const first = day?.firstAt ?? oldest?.at;
    return first === undefined ? null : Math.max(first, spans[0]?.from ?? first);
  }

  async function readUsesOfQuota(
    quota: QuotaKey,
    { interval, slots, zone }: UsageQuery,
    finalUntilOf: (account: AccountKey) => Promise<number>,
  ): Promise<QuotaUses> {
    const key = `${interval} ${zone} ${quota}`;
    const { account } = splitQuotaKey(quota);
    const version = versionOf(account);
    const cached = memory.last(key);
    const calendar = calendarKey(slots);
    const list = cached?.version === version ? cached.lists.get(calendar) : undefined;
    if (list) return { key: quota, uses: list, since: cached!.since };
    const units = cached?.version === version ? cached.units : await unitHistory(store, quota, now());
    const known = cached?.units.changedAt === units.changedAt ? cached : undefined;
    const isCurrent = known?.version === version;
    const final = isCurrent ? known.finalUntil : await finalUntilOf(account);
    const missing = known
      ? slots.filter(({ from, to }) => !isCurrent && to > known.finalUntil || !known.uses.has(from))
      : slots;
    const fresh = await readUsesBetween(quota, interval, missing, units);
    const since = known?.since != null && (isCurrent || known.since < known.finalUntil)
      ? known.since
      : await findFirstReading(quota, units);
    const uses = known && fresh.size === 0 ? known.uses : new Map([...known?.uses ?? [], ...fresh]);
    const lists: CachedUsage["lists"] = isCurrent && known.lists.size < MAX_LISTS ? known.lists : new Map();
    const own = slots.map(({ from }) => uses.get(from) ?? null);
    lists.set(calendar, own);
    const readAt = known?.readAt ?? now();
    memory.set(key, { version, readAt, finalUntil: final, units, since, uses, lists }, version, readAt);
    return { key: quota, uses: own, since };
  }

  return {
    async usage(query) {
      const finals = new Map<AccountKey, Promise<number>>();
      const finalUntilOf = (account: AccountKey) => {
        const known = finals.get(account) ?? finalUntil(store, account, now(), query.zone);
        finals.set(account, known);
        return known;
      };
      const all: QuotaUses[] = [];
      for (const key of query.quotas) all.push(await readUsesOfQuota(key, query, finalUntilOf));
      return all;
    },
  };
}

/** Tells calendars of one interval and zone apart: their slots follow one another. */
function calendarKey(slots: readonly Slot[]): string {
  return `${slots.length} ${slots[0]?.from} ${slots.at(-1)?.to}`;
}
