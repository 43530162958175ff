/**
 * The present of all accounts: the one snapshot every surface shows.
 *
 * It is computed once for each event and second, however many callers there are, and after an event only for
 * the account the event names. It also reloads from the store after a while, because another process may
 * write to it.
 */
import { Cache } from "../base/cache.ts";
import type { Clock } from "../base/clock.ts";
import type { Hub } from "../base/hub.ts";
import { emptyState } from "../model/engine/advance.ts";
import type { Outcome } from "../model/outcome.ts";
import { type AccountKey, sortByName } from "../model/quota.ts";
import {
  type AccountView,
  accountView,
  type AccountViewInput,
  type DashboardView,
  withoutHidden,
} from "../model/view/view.ts";
import type { AccountRecord, Store } from "../store/store.ts";
import type { UnstoredPoll } from "./ahead.ts";
import type { Analysis } from "./analysis.ts";
import { type Conclusions, groupByAccount } from "./conclusions.ts";
import { createVersions } from "./versions.ts";

/** The present reloads from the store after this long, even without an event. */
export const MAX_RECORDS_AGE_MS = 10_000;
/** When more accounts than this have changed, read all: one query instead of many. */
const MAX_READ_ALONE = 32;
const MAX_ACCOUNTS = 10_000;
const SECOND_MS = 1000;

/** Reads all records from the store; with an account, at least its own. */
export interface Records {
  (account?: AccountKey): Promise<readonly AccountRecord[]>;
  close(): void;
}

interface Known {
  readonly value: Promise<readonly AccountRecord[]>;
  readonly at: number;
}

function isRecent({ at }: Known, now: number): boolean {
  return now >= at && now - at < MAX_RECORDS_AGE_MS;
}

/** Caches the newest record of each account: an event reloads only its account. */
export function createRecords(
  { store, hub, clock }: {
    readonly store: Pick<Store, "latest">;
    readonly hub: Pick<Hub, "listen">;
    readonly clock: Pick<Clock, "now">;
  },
): Records {
  let known: Known | undefined;
  /** Records of single accounts, while not all are known. */
  const alone = new Map<AccountKey, Known>();
  const changed = new Set<AccountKey>();
  const stop = hub.listen(({ kind, account }) => {
    if (kind === "alerts") return;
    if (kind === "account" && account !== null) {
      changed.add(account);
      alone.delete(account);
      return;
    }
    known = undefined;
    alone.clear();
  });

  function keep(value: Promise<readonly AccountRecord[]>, at: number) {
    const own = known = { value, at };
    value.catch(() => {
      if (known === own) known = undefined;
    });
    return value;
  }

  async function patch(before: Promise<readonly AccountRecord[]>, accounts: readonly AccountKey[]) {
    const fresh = new Map<AccountKey, AccountRecord>();
    for (const account of accounts) {
      for (const record of await store.latest(account)) fresh.set(record.account, record);
    }
    const records = await before;
    const places = new Set(records.map(({ account }) => account));
    // New and removed accounts change the order, so read all.
    const isSame = accounts.every((account) => fresh.has(account) && places.has(account));
    if (!isSame) return await store.latest();
    return records.map((record) => fresh.get(record.account) ?? record);
  }

  function readAlone(account: AccountKey, now: number): Promise<readonly AccountRecord[]> {
    const before = alone.get(account);
    if (before && isRecent(before, now)) return before.value;
    const own = { value: store.latest(account), at: now };
    alone.set(account, own);
    own.value.catch(() => {
      if (alone.get(account) === own) alone.delete(account);
    });
    return own.value;
  }

  function read(only?: AccountKey): Promise<readonly AccountRecord[]> {
    const now = clock.now();
    if (known && !isRecent(known, now)) known = undefined;
    if (!known && only !== undefined) return readAlone(only, now);
    alone.clear();
    const accounts = [...changed];
    changed.clear();
    if (!known || accounts.length > MAX_READ_ALONE) return keep(store.latest(), now);
    return accounts.length === 0 ? known.value : keep(patch(known.value, accounts), known.at);
  }

  return Object.assign(read, { close: () => void stop() });
}

/** What the program knows about an account besides the store. */
export type KnownFacts = Omit<AccountViewInput, keyof AccountRecord | keyof Conclusions>;

export interface PresentParts {
  readonly hub: Hub;
  readonly clock: Pick<Clock, "now">;
  readonly records: (account?: AccountKey) => Promise<readonly AccountRecord[]>;
  readonly analysis: Pick<Analysis, "quotas" | "ahead">;
  /** Called before each read. */
  readonly prepare: () => Promise<unknown>;
  /** Returns the current facts; called once for many accounts. */
  readonly facts: () => (account: AccountKey) => KnownFacts;
  /** Accounts a user hid that are not configured; none by default. */
  readonly hidden?: () => readonly AccountKey[];
  /** Compares accounts for display order; equal ones are shown by name. */
  readonly order: () => (a: AccountView, b: AccountView) => number;
  readonly around: () => Pick<DashboardView, "settings" | "trouble">;
}

/** One account at present. */
export interface PresentAccount {
  readonly at: number;
  /** The last event it includes. */
  readonly eventId: number;
  readonly account: AccountView;
}

/** An account as it will be once a poll is stored. */
export interface ExpectedAccount extends Pick<Analysis, "usage"> {
  readonly account: AccountView;
}

export interface Present {
  /** Builds the dashboard, by default without hidden accounts. */
  dashboard(options?: { readonly withHidden?: boolean }): Promise<DashboardView>;
  /** Returns one account as in the dashboard of this event and second; null when there is none. */
  account(key: AccountKey): Promise<PresentAccount | null>;
  /** Returns the account of an outcome as it will be once that is stored, together with its poll if it succeeded. */
  expected(outcome: Outcome, poll: UnstoredPoll | null): Promise<ExpectedAccount>;
  /** Returns a text that changes when accounts are added, removed, renamed, hidden or shown. */
  members(): Promise<string>;
  close(): void;
}

export function createPresent(parts: PresentParts): Present {
  const { hub, clock, records, analysis } = parts;
  const versions = createVersions(hub);
  const views = new Cache<"view", DashboardView>({ max: 1 });
  const accounts = new Cache<AccountKey, PresentAccount>({ max: MAX_ACCOUNTS });
  const shown = new WeakMap<DashboardView, DashboardView>();
  const members = new WeakMap<readonly AccountRecord[], string>();

  function wholeSecond(now: number): number {
    return Math.floor(now / SECOND_MS);
  }

  function computeMark(account: AccountKey, now: number): string {
    return `${versions.shared} ${versions.of(account)} ${wholeSecond(now)}`;
  }

  /** Builds all accounts, or one. */
  async function build(only?: AccountKey): Promise<readonly PresentAccount[]> {
    await parts.prepare();
    // Note the event id before reading: the read may miss what later events announce.
    const [now, eventId, since] = [clock.now(), hub.lastId, versions.last];
    const all = await records(only);
    const wanted = only === undefined ? all : all.filter(({ account }) => account === only);
    const found = new Map<AccountKey, PresentAccount>();
    const missing: AccountRecord[] = [];
    for (const record of wanted) {
      const known = accounts.get(record.account, computeMark(record.account, now));
      if (known) found.set(record.account, known);
      else missing.push(record);
    }
    if (missing.length > 0) {
      const keys = missing.map(({ account }) => account);
      const conclusions = groupByAccount(await analysis.quotas({ accounts: keys }));
      const factsOf = parts.facts();
      for (const record of missing) {
        const { account: key } = record;
        const facts = { ...record, ...factsOf(key), ...conclusions.get(key) };
        const one = { at: now, eventId, account: accountView(facts, now) };
        found.set(key, one);
        if (versions.of(key) <= since && versions.shared <= since) {
          accounts.set(key, one, computeMark(key, now));
        }
      }
    }
    return wanted.map(({ account }) => found.get(account)!);
  }

  return {
    async dashboard({ withHidden = false } = {}) {
      const mark = `${versions.last} ${wholeSecond(clock.now())}`;
      const whole = await views.load("view", mark, async () => {
        const [at, eventId] = [clock.now(), hub.lastId];
        const all = (await build()).map(({ account }) => account);
        return {
          at,
          eventId,
          accounts: sortByName(all, ({ key }) => key).sort(parts.order()),
          ...parts.around(),
        };
      });
      if (withHidden) return whole;
      // All callers get the same object.
      let view = shown.get(whole);
      if (!view) shown.set(whole, view = withoutHidden(whole));
      return view;
    },
    async account(key) {
      const one = await accounts.load(key, computeMark(key, clock.now()), async () => (await build(key))[0]);
      return one ?? null;
    },
    async expected(outcome, poll) {
      await parts.prepare();
      const { account } = outcome;
      const before = (await records(account)).find((one) => one.account === account) ?? null;
      const okAt = outcome.kind === "ok" ? Math.max(before?.okAt ?? outcome.at, outcome.at) : before?.okAt;
      const after: AccountRecord = {
        account,
        state: poll?.state ?? before?.state ?? emptyState(account),
        outcome,
        okAt: okAt ?? null,
      };
      const { quotas, usage } = await analysis.ahead({ before, after, poll });
      const facts = { ...after, ...parts.facts()(account), ...groupByAccount(quotas).get(account) };
      return { account: accountView(facts, clock.now()), usage };
    },
    async members() {
      const all = await records();
      const hidden = new Set<AccountKey>(parts.hidden?.());
      if (hidden.size > 0) return membersIn(all.filter(({ account }) => !hidden.has(account)));
      let known = members.get(all);
      if (known === undefined) members.set(all, known = membersIn(all));
      return known;
    },
    close: versions.close,
  };
}

function membersIn(records: readonly AccountRecord[]): string {
  return records.map(({ account }) => account).sort().join("\n");
}
