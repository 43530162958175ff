/**
 * Decides what an evaluation stores, from what is stored already and from a view of an account: as it is now, or
 * as it will be once a poll is stored. Stores nothing itself.
 */
import type { Clock } from "../base/clock.ts";
import { updateDoc } from "../base/update_doc.ts";
import type { Decision } from "../model/alerts/alert.ts";
import { decideAlerts } from "../model/alerts/decide.ts";
import { type Budget, findBudget, type MonthSpend } from "../model/alerts/decide_budget.ts";
import { decideRelease, type ReleaseFacts, UPDATE_ACCOUNT } from "../model/alerts/decide_release.ts";
import type { Snooze } from "../model/alerts/delivery.ts";
import type { AlertMemory } from "../model/alerts/memory.ts";
import { ALERT_RULES_DOC, ALERT_SNOOZES_DOC } from "../model/alerts/rename.ts";
import { decideRepeats, hasRepeatRule } from "../model/alerts/repeat.ts";
import { type AlertRules, DEFAULT_ALERT_RULES, withBudgetCurrency } from "../model/alerts/rules.ts";
import type { AccountKey } from "../model/quota.ts";
import type { AccountView } from "../model/view/view.ts";
import type { Store } from "../store/store.ts";
import { type Outlets, planAlerts, type PlannedAlerts, type RaisedAlert } from "./plan.ts";
import type { StoredChannels } from "./stored_channels.ts";

export interface EvaluationParts {
  readonly docs: Store["docs"];
  readonly channels: Pick<StoredChannels, "list">;
  readonly clock: Pick<Clock, "now">;
  readonly zone: () => string;
  readonly release?: () => Promise<ReleaseFacts | null>;
}

/** Returns what an account spent this month in the currency of its budget; called only for accounts with one. */
export type ReadSpend = (account: AccountView, budget: Budget) => Promise<MonthSpend | null>;

export type AccountDecision = Decision & { readonly account: AccountKey };

export interface Evaluation {
  rules(): Promise<AlertRules>;
  snoozes(): Promise<readonly Snooze[]>;
  /** Every alert, newest first. */
  list(): Promise<readonly RaisedAlert[]>;
  outlets(): Promise<Outlets>;
  plan(account: AccountView, spend: ReadSpend, inForce: AlertRules): Promise<PlannedAlerts>;
  planRelease(inForce: AlertRules): Promise<PlannedAlerts>;
  /** Explains why each alert about an account would or would not be raised now. */
  explain(account: AccountView, spend: ReadSpend, inForce: AlertRules): Promise<readonly AccountDecision[]>;
  explainRelease(inForce: AlertRules): Promise<readonly AccountDecision[]>;
}

interface ReleaseMemory {
  readonly told: readonly string[];
}

/** Returns the stored snoozes that have not ended. */
export function currentSnoozes(stored: unknown, now: number): readonly Snooze[] {
  return ((stored ?? []) as readonly Snooze[]).filter(({ until }) => until > now);
}

export function createEvaluation({ docs, channels, clock, zone, release }: EvaluationParts): Evaluation {
  async function loadSnoozes(): Promise<readonly Snooze[]> {
    const now = clock.now();
    return currentSnoozes(await docs.get<unknown>("settings", ALERT_SNOOZES_DOC, now), now);
  }

  async function list(): Promise<readonly RaisedAlert[]> {
    const all = await docs.list<RaisedAlert>("alerts", clock.now());
    return all.map(({ doc }) => doc).filter(({ raisedAt }) => typeof raisedAt === "number")
      .sort((a, b) => b.raisedAt - a.raisedAt || (a.id < b.id ? -1 : 1));
  }

  async function loadOutlets(): Promise<Outlets> {
    const [own, snoozed] = await Promise.all([channels.list(), loadSnoozes()]);
    return { channels: own, snoozes: snoozed };
  }

  async function decide(account: AccountView, readSpend: ReadSpend, rules: AlertRules, again = false) {
    const now = clock.now();
    const was = await docs.get<AlertMemory>("alert_memory", account.key, now);
    const budget = findBudget(rules, account.key);
    const spend = budget === null ? null : await readSpend(account, budget);
    const { decisions, memory } = decideAlerts({
      account,
      memory: was,
      rules,
      now,
      zone: zone(),
      again,
      spend,
    });
    const learned = budget?.currency === null ? spend?.currency ?? null : null;
    return { decisions: [...decisions, ...await decideAgain(account, rules)], was, memory, learned };
  }

  /** Stores the currency of a budget that was set without one, so that money in others does not change it later. */
  async function keepCurrency(account: AccountKey, currency: string): Promise<void> {
    await updateDoc({ docs, clock }, "settings", ALERT_RULES_DOC, (stored) => {
      const before = stored as Partial<AlertRules> | null;
      const changes = before && withBudgetCurrency(before, account, currency);
      return changes && { ...before, ...changes };
    });
  }

  /** Decides whether to repeat the open alerts of an account. */
  async function decideAgain(account: AccountView, rules: AlertRules): Promise<readonly Decision[]> {
    if (!hasRepeatRule(rules, account)) return [];
    const [raised, snoozed] = await Promise.all([list(), loadSnoozes()]);
    const input = { raised, accounts: [account], snoozes: snoozed, rules, now: clock.now(), zone: zone() };
    return decideRepeats(input);
  }

  async function decideVersion({ off }: AlertRules) {
    const now = clock.now();
    const facts = await release?.() ?? null;
    const was = facts && await docs.get<ReleaseMemory>("alert_memory", UPDATE_ACCOUNT, now);
    const before = was?.told ?? [];
    const { decisions, told } = decideRelease(facts, before, off, now);
    return {
      decisions,
      was,
      memory: told === before ? was : { told },
      isRaised: told.length > before.length,
    };
  }

  /** Plans only the alerts that were not raised before. */
  async function planNew(
    id: string,
    { decisions, was, memory }: {
      readonly decisions: readonly Decision[];
      readonly was: unknown;
      readonly memory: object;
    },
    turnedOff: number,
  ): Promise<PlannedAlerts> {
    const now = clock.now();
    const wanted = decisions.flatMap(({ alert }) => alert ?? []);
    const known = await Promise.all(wanted.map((alert) => docs.get("alerts", alert.id, now)));
    const raised = wanted.filter((_, place) => known[place] === null);
    return planAlerts({
      raised,
      memory: { id, was, doc: memory },
      outlets: raised.length === 0 ? { channels: [], snoozes: [] } : await loadOutlets(),
      turnedOff,
      now,
      zone: zone(),
    });
  }

  return {
    async rules() {
      const stored = await docs.get<Partial<AlertRules>>("settings", ALERT_RULES_DOC, clock.now());
      return { ...DEFAULT_ALERT_RULES, ...stored };
    },
    snoozes: loadSnoozes,
    list,
    outlets: loadOutlets,
    async plan(account, spend, inForce) {
      const decided = await decide(account, spend, inForce);
      if (decided.learned !== null) await keepCurrency(account.key, decided.learned);
      const turnedOff = decided.decisions.filter(({ reason }) => reason === "turned-off").length;
      return await planNew(account.key, decided, turnedOff);
    },
    async planRelease(inForce) {
      const { isRaised, memory, ...decided } = await decideVersion(inForce);
      if (memory === null) return { docs: null, raised: [], suppressions: [], turnedOff: 0 };
      const off = decided.decisions.filter(({ reason }) => reason === "turned-off").length;
      return await planNew(UPDATE_ACCOUNT, { ...decided, memory }, isRaised ? off : 0);
    },
    async explain(account, spend, inForce) {
      const { decisions } = await decide(account, spend, inForce, true);
      return decisions.map((one) => ({ ...one, account: account.key }));
    },
    async explainRelease(inForce) {
      const { decisions } = await decideVersion(inForce);
      return decisions.map((one) => ({ ...one, account: UPDATE_ACCOUNT }));
    },
  };
}
