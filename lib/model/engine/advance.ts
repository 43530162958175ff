/**
 * The engine: computes what a new snapshot means, given everything known before.
 *
 * Total and pure: it never throws, reads no clock, and always returns the same changes for the same state and
 * snapshot. A snapshot that is not newer than the state changes nothing, so replaying polls is harmless.
 */
import type { AccountFact, Dropped, Snapshot } from "../quota.ts";
import { firstStep, nextStep } from "./quota_step.ts";
import { advanceSessions, type RevertedRises, type Rise, type UnitChange } from "./session.ts";
import {
  type AccountState,
  type Change,
  DEFAULT_RULES,
  isGoneSince,
  type Rules,
  wholeSnapshotAt,
} from "./state.ts";

export {
  type AccountState,
  type Change,
  DEFAULT_RULES,
  emptyState,
  type QuotaState,
  type Rules,
  type Slot,
} from "./state.ts";

export function advance(
  state: AccountState,
  snapshot: Snapshot,
  rules: Rules = DEFAULT_RULES,
): { readonly state: AccountState; readonly changes: readonly Change[] } {
  const { account, at } = snapshot;
  if (state.at !== null && at <= state.at) return { state, changes: [] };
  // A map, because ids are untrusted: "constructor" must not find an inherited property.
  const quotas = new Map(Object.entries(state.quotas));
  const sessionQuotas = new Map(
    state.sessions?.last?.quotas.map((sessionQuota) => [sessionQuota.quota, sessionQuota]),
  );
  const changes: Change[] = [];
  const rises: Rise[] = [];
  const undone: RevertedRises[] = [];
  const restated: UnitChange[] = [];
  for (const reading of snapshot.readings) {
    const { quota } = reading;
    const before = quotas.get(quota);
    // A quota has one reading per instant: the first one wins.
    if (before?.at === at) continue;
    const read = {
      account,
      at,
      reading,
      plan: snapshot.plan ?? null,
      sessionQuota: sessionQuotas.get(quota),
    };
    const step = before ? nextStep(before, read, rules) : firstStep(read);
    quotas.set(quota, step.state);
    changes.push(...step.changes);
    rises.push(...step.rises);
    if (step.restatedBy !== undefined) restated.push({ quota, factor: step.restatedBy });
    if (step.undone) undone.push({ quota, before: step.undone });
  }
  const { unread = [], vanished = [] } = snapshot;
  for (const quota of [...unread, ...vanished]) {
    const before = quotas.get(quota);
    if (before && before.at < at && !isGoneSince(wholeSnapshotAt(state), before)) {
      quotas.set(quota, { ...before, unreadAt: at, ...vanished.includes(quota) && { vanished: true } });
    }
  }
  const facts = snapshot.partial
    ? state.facts
    : snapshot.unread
    ? mergeFacts(snapshot.facts, state.facts)
    : snapshot.facts;
  const dropped = snapshot.partial
    ? state.dropped
    : snapshot.unread
    ? mergeDropped(snapshot.dropped, state.dropped)
    : snapshot.dropped;
  const droppedTotal = (state.droppedTotal ?? 0) + (snapshot.dropped?.length ?? 0);
  const doubtful = [...quotas.values()].some(({ doubt, held }) => doubt !== undefined || held !== undefined);
  const use = advanceSessions(
    state.sessions,
    { account, at, rises, undone, restated, doubtful, read: quotas },
    rules,
  );
  return {
    state: {
      account: state.account,
      at,
      plan: snapshot.plan ?? (snapshot.partial || snapshot.unread ? state.plan : null),
      ...snapshot.partial ? { wholeAt: state.wholeAt ?? state.at ?? at } : {},
      ...facts && { facts },
      ...dropped && { dropped },
      ...droppedTotal > 0 ? { droppedTotal } : {},
      quotas: Object.fromEntries(quotas),
      ...use.sessions && { sessions: use.sessions },
    },
    changes: [...changes, ...use.changes],
  };
}

/** A vendor may name other parts each time while one fails. */
const MAX_DROPPED = 50;

/** Returns what was left out now, and what was before: the part that failed may still contain it. */
function mergeDropped(
  dropped: readonly Dropped[] = [],
  before: readonly Dropped[] = [],
): readonly Dropped[] | undefined {
  const kept = before.filter(({ what, why }) => !dropped.some((one) => one.what === what && one.why === why));
  const all = [...dropped, ...kept].slice(0, Math.max(MAX_DROPPED, dropped.length));
  return all.length === 0 ? undefined : all;
}

/** Returns the new facts, and the earlier ones that are not among them. */
function mergeFacts(
  facts: readonly AccountFact[] = [],
  before: readonly AccountFact[] = [],
): readonly AccountFact[] | undefined {
  const kept = before.filter(({ key }) => !facts.some((fact) => fact.key === key));
  return facts.length + kept.length === 0 ? undefined : [...facts, ...kept];
}
