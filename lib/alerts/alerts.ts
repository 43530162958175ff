/**
 * Alerts from reading to message: decides what a poll raises before it is stored, so that its messages are stored
 * with it or not at all, and sends them independently of the polls, so that a hanging channel delays nothing.
 *
 * The memory of an account says up to where its alerts were decided. It is stored together with the decisions,
 * and only if it has not changed since it was read: so each message is stored once, whichever process decides.
 */
import type { Clock } from "../base/clock.ts";
import { updateDoc } from "../base/update_doc.ts";
import type { Log } from "../provider/context.ts";
import type { Alert } from "../model/alerts/alert.ts";
import type { ReleaseFacts } from "../model/alerts/decide_release.ts";
import type { Snooze } from "../model/alerts/delivery.ts";
import type { AlertCounts } from "../model/alerts/counts.ts";
import { type AlertRules, DEFAULT_ALERT_RULES, type RuleTarget } from "../model/alerts/rules.ts";
import { ALERT_RULES_DOC, ALERT_SNOOZES_DOC } from "../model/alerts/rename.ts";
import { windowKey } from "../model/alerts/window_key.ts";
import { DAY_MS, HOUR_MS } from "../model/duration.ts";
import type { AccountKey } from "../model/quota.ts";
import type { AccountView } from "../model/view/view.ts";
import type { GuardedDocs, Store } from "../store/store.ts";
import { createAlertCounter } from "./alert_counter.ts";
import { type ChannelContext, ChannelError } from "./channel.ts";
import { channelContext } from "./channel_context.ts";
import { channelType } from "./channels/mod.ts";
import { composeMessage } from "./compose_message.ts";
import { keepsIncidents, listEndedDeliveries } from "./ended.ts";
import { type AccountDecision, createEvaluation, currentSnoozes, type ReadSpend } from "./evaluation.ts";
import { explainDeliveries, type ExplainedDelivery } from "./explain_delivery.ts";
import { planAlerts, type PlannedAlerts, type RaisedAlert, type Suppression } from "./plan.ts";
import { type Replay, replayAlerts } from "./replay.ts";
import { createOutbox, type StoredDelivery } from "./outbox.ts";
import type { Channel, StoredChannels } from "./stored_channels.ts";
import { createSender, REMOVED } from "./sender.ts";
import { createSummaries, type SummariesParts, SUMMARY_ACCOUNT } from "./summaries.ts";

export interface AlertsParts {
  readonly store: Pick<Store, "docs" | "describe" | "levels" | "cycles">;
  readonly channels: Pick<StoredChannels, "list" | "remove">;
  readonly clock: Clock;
  readonly log: Log;
  readonly zone: () => string;
  /** What a channel can reach besides its settings. */
  readonly outside: Omit<ChannelContext, "settings" | "now" | "signal">;
  /** The same as for the sender. */
  readonly once?: boolean;
  /** The accounts as every surface shows them. */
  readonly accounts: (only?: AccountKey) => Promise<readonly AccountView[]>;
  readonly spend: ReadSpend;
  /** Returns what is known of newer versions; null when update checks are off. Default: always off. */
  readonly release?: () => Promise<ReleaseFacts | null>;
  /** Returns what happened in the period of a summary. */
  readonly summary: (
    period: Parameters<SummariesParts["facts"]>[0],
    raised: readonly RaisedAlert[],
  ) => ReturnType<SummariesParts["facts"]>;
}

export type { RaisedAlert } from "./plan.ts";

/** What the alerts about an account store together with the poll that causes them. */
export interface PollAlerts {
  /** Null when it changes nothing. */
  readonly docs: GuardedDocs | null;
  /** Must be called once both are stored. */
  stored(): void;
}

export interface Alerts {
  /** Evaluates all accounts, or one, and stores the messages to send; resolves to the newly raised alerts. */
  evaluate(only?: AccountKey): Promise<readonly Alert[]>;
  /**
   * Decides what a poll raises, before it is stored; null for an account that raises nothing.
   *
   * @param account as it will be with the poll
   */
  planForPoll(account: AccountView, spend: ReadSpend): Promise<PollAlerts | null>;
  /** Returns what polls of an account raised since the last call; null when none was stored with its alerts. */
  takeRaised(account: AccountKey): readonly Alert[] | null;
  /** Explains why each alert would or would not be raised now, and how it would be delivered; stores nothing. */
  explain(only?: AccountKey): Promise<readonly ExplainedDecision[]>;
  /** Sends due messages; resolves to how many were sent and how many attempts failed. */
  deliver(signal: AbortSignal): Promise<{ readonly sent: number; readonly failed: number }>;
  /** Sends a test message through one channel at once. @throws {ChannelError} when it was not accepted */
  test(channel: Channel, signal: AbortSignal): Promise<void>;
  /** Newest first. */
  list(): Promise<readonly RaisedAlert[]>;
  deliveries(): Promise<readonly StoredDelivery[]>;
  /** Counts the outcomes of alerts since this process started, and what waits in the outbox. */
  counts(): Promise<AlertCounts>;
  snoozes(): Promise<readonly Snooze[]>;
  snooze(snooze: Snooze): Promise<void>;
  /** Ends the snoozes of a target, or all; resolves to their number. */
  unsnooze(target?: Snooze["target"]): Promise<number>;
  rules(): Promise<AlertRules>;
  /** Changes some of the rules, or what a function derives from those in force. */
  setRules(rules: RulesChange): Promise<void>;
  /**
   * Returns what these rules, or those in force, would have raised in the last `days`; stores nothing.
   *
   * @param of a kind of window, an account or a quota; default: all
   */
  replay(days: number, rules?: Partial<AlertRules>, of?: RuleTarget): Promise<Replay>;
}

export type RulesChange = Partial<AlertRules> | ((before: AlertRules) => Partial<AlertRules>);

export type ExplainedDecision = AccountDecision & { readonly deliveries: readonly ExplainedDelivery[] };

/** Another process may write first a few times, but not endlessly. */
const MAX_TRIES = 8;
const MAX_SNOOZES = 200;

export function createAlerts(parts: AlertsParts): Alerts {
  const { store: { docs }, clock } = parts;
  const outbox = createOutbox(docs);
  const counter = createAlertCounter();
  const sender = createSender({ ...parts, outbox, counter });
  const evaluation = createEvaluation({ ...parts, docs });
  const { rules, snoozes, list } = evaluation;
  const summaries = createSummaries({
    docs,
    zone: parts.zone,
    facts: async (period) => await parts.summary(period, await list()),
  });
  async function changeSnoozes(change: (before: readonly Snooze[]) => readonly Snooze[]): Promise<void> {
    await updateDoc(
      { docs, clock },
      "settings",
      ALERT_SNOOZES_DOC,
      (stored) => change(currentSnoozes(stored, clock.now())),
    );
  }

  /** What was raised with stored polls, until it is taken. */
  const raisedWith = new Map<AccountKey, readonly Alert[]>();
  let turn: Promise<unknown> = Promise.resolve();

  /**
   * Runs one at a time: of two concurrent evaluations, both would read the old memory, and one would decide in
   * vain.
   */
  function runInTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = turn.then(work, work);
    turn = result.catch(() => {});
    return result;
  }

  function count({ suppressions, turnedOff }: PlannedAlerts): void {
    for (const one of suppressions) counter.raised(one);
    for (let each = 0; each < turnedOff; each++) counter.turnedOff();
  }

  /** Plans and stores; plans again when a poll or another process was faster. */
  async function store(plan: () => Promise<PlannedAlerts>): Promise<readonly Alert[]> {
    for (let tries = 0; tries < MAX_TRIES; tries++) {
      const planned = await plan();
      if (planned.docs !== null && !await docs.putGuarded(planned.docs)) continue;
      count(planned);
      return planned.raised;
    }
    // A process that is faster every time evaluates the same account.
    return [];
  }

  async function loadViews(only?: AccountKey): Promise<readonly AccountView[]> {
    return (await parts.accounts(only)).filter(({ key, hidden }) =>
      !hidden && (only === undefined || key === only)
    );
  }

  async function closeEnded(accounts: readonly AccountView[], inForce: AlertRules): Promise<void> {
    const channels = (await parts.channels.list()).filter(keepsIncidents);
    if (channels.length === 0) return;
    const now = clock.now();
    const [deliveries, raised] = await Promise.all([outbox.list(now), list()]);
    for (const one of listEndedDeliveries({ channels, deliveries, raised, accounts, rules: inForce, now })) {
      const ends = one.expiresAt === undefined ? {} : { expiresAt: one.expiresAt };
      await docs.put(one.kind, one.id, one.doc, now, { ifAbsent: true, ...ends });
    }
  }

  async function withDeliveries(
    decisions: readonly AccountDecision[],
  ): Promise<readonly ExplainedDecision[]> {
    const now = clock.now();
    const [outlets, raised, deliveries] = await Promise.all([evaluation.outlets(), list(), outbox.list(now)]);
    const facts = { ...outlets, raised, deliveries, now, zone: parts.zone() };
    return decisions.map((one) => ({ ...one, deliveries: explainDeliveries(one, facts) }));
  }

  async function storeSummaries({ off }: AlertRules): Promise<readonly Alert[]> {
    const now = clock.now();
    const due = await summaries.due(await parts.channels.list(), now, off.includes("summary"));
    const news = new Map<string, { readonly alert: Alert; readonly suppressions: Suppression[] }>();
    for (const { channel, alerts, memory } of due) {
      const { snoozes: snoozed } = await evaluation.outlets();
      const planned = planAlerts({
        raised: alerts,
        memory,
        outlets: { channels: [channel], snoozes: snoozed },
        turnedOff: 0,
        now,
        zone: parts.zone(),
      });
      // Another process may have been faster.
      if (planned.docs === null || !await docs.putGuarded(planned.docs)) continue;
      for (const [place, alert] of planned.raised.entries()) {
        const one = news.get(alert.id) ?? { alert, suppressions: [] };
        one.suppressions.push(...planned.suppressions[place]!);
        news.set(alert.id, one);
      }
    }
    // An alert that several channels get counts once.
    for (const { suppressions } of news.values()) counter.raised(suppressions);
    return [...news.values()].map(({ alert }) => alert);
  }

  return {
    evaluate: (only) =>
      runInTurn(async () => {
        const inForce = await rules();
        const accounts = await loadViews(only);
        const own = await Promise.all(
          accounts.map((account) => store(() => evaluation.plan(account, parts.spend, inForce))),
        );
        if (only !== undefined) return own.flat();
        await closeEnded(accounts, inForce);
        const versions = await store(() => evaluation.planRelease(inForce));
        return [...own.flat(), ...versions, ...await storeSummaries(inForce)];
      }),
    async planForPoll(account, spend) {
      if (account.hidden) return null;
      const planned = await evaluation.plan(account, spend, await rules());
      return {
        docs: planned.docs,
        stored() {
          count(planned);
          raisedWith.set(account.key, [...raisedWith.get(account.key) ?? [], ...planned.raised]);
        },
      };
    },
    takeRaised(account) {
      const raised = raisedWith.get(account) ?? null;
      raisedWith.delete(account);
      return raised;
    },
    async explain(only) {
      const inForce = await rules();
      const accounts = await loadViews(only);
      const own = await Promise.all(
        accounts.map((account) => evaluation.explain(account, parts.spend, inForce)),
      );
      if (only !== undefined) return await withDeliveries(own.flat());
      const isOff = inForce.off.includes("summary");
      const of = await summaries.explain(await parts.channels.list(), clock.now(), isOff);
      return await withDeliveries([
        ...own.flat(),
        ...await evaluation.explainRelease(inForce),
        ...of.map((one) => ({ ...one, account: SUMMARY_ACCOUNT })),
      ]);
    },
    deliver: sender.deliver,
    async test(channel, signal) {
      const now = clock.now();
      const alert: Alert = {
        id: `test|${channel.id}|${now}`,
        kind: "test",
        severity: "info",
        account: "syntrack/test" as AccountKey,
        quota: null,
        at: now,
        title: "Syntrack: test message",
        text: `The channel ${channel.id} works.`,
        details: "",
        expiresAt: now + HOUR_MS,
      };
      const type = channelType(channel.type);
      if (!type) throw new ChannelError("This type of channel no longer exists", { rejected: true });
      await type.send(composeMessage([alert], now), await channelContext(channel, parts, signal));
    },
    list,
    deliveries: () => outbox.list(clock.now()),
    async counts() {
      const [channels, deliveries] = await Promise.all([parts.channels.list(), outbox.list(clock.now())]);
      const types = new Map(channels.map(({ id, type }) => [id, type]));
      const waiting = new Map(channels.map(({ type }) => [type, 0]));
      for (const { state, channel } of deliveries) {
        if (state !== "waiting") continue;
        const type = types.get(channel) ?? REMOVED;
        waiting.set(type, (waiting.get(type) ?? 0) + 1);
      }
      return counter.counts(waiting);
    },
    snoozes: () => snoozes(),
    async snooze(snooze) {
      await changeSnoozes((all) => {
        const others = all.filter(({ target, kind }) => target !== snooze.target || kind !== snooze.kind);
        return [...others, snooze].slice(-MAX_SNOOZES);
      });
    },
    async unsnooze(target) {
      let ended = 0;
      await changeSnoozes((all) => {
        const rest = target === undefined ? [] : all.filter((one) => one.target !== target);
        ended = all.length - rest.length;
        return rest;
      });
      return ended;
    },
    rules,
    async replay(days, changes, of = "*") {
      const to = clock.now();
      return await replayAlerts({
        store: parts.store,
        accounts: selectAccounts(await parts.accounts(), of),
        rules: { ...await rules(), ...changes },
        from: to - days * DAY_MS,
        to: to + 1,
        zone: parts.zone(),
      });
    },
    async setRules(changes) {
      await updateDoc({ docs, clock }, "settings", ALERT_RULES_DOC, (stored) => {
        const before = stored as Partial<AlertRules> | null;
        const inForce = { ...DEFAULT_ALERT_RULES, ...before };
        return { ...before, ...typeof changes === "function" ? changes(inForce) : changes };
      });
    },
  };
}

/** Returns the accounts a target covers, each with only the quotas it covers. */
function selectAccounts(accounts: readonly AccountView[], of: RuleTarget): readonly AccountView[] {
  if (of === "*") return accounts;
  return accounts.flatMap((account) => {
    if (account.key === of) return [account];
    const quotas = account.quotas.filter(({ key, window }) => key === of || windowKey(window) === of);
    return quotas.length === 0 ? [] : [{ ...account, quotas }];
  });
}
