/**
 * Alerts from reading to message: decides after each poll, stores the messages to send, and sends them
 * independently of the polls, so that a hanging channel delays nothing.
 *
 * The storage order ensures that each message is sent once: deliveries first, each under an id derived from
 * the alert and its channel, then the memory. After a crash in between, the same alerts are decided again and
 * found stored.
 */
import type { Clock } from "../base/clock.ts";
import type { Log } from "../provider/context.ts";
import type { Alert, Decision } from "../model/alerts/alert.ts";
import { decideAlerts } from "../model/alerts/decide.ts";
import { budgetOf, type MonthSpend } from "../model/alerts/decide_budget.ts";
import { decideRelease, type ReleaseFacts, UPDATE_ACCOUNT } from "../model/alerts/decide_release.ts";
import { deliveryTime, type Snooze } from "../model/alerts/delivery.ts";
import type { AlertCounts, SuppressedReason } from "../model/alerts/counts.ts";
import { asksForRepeats, decideRepeats } from "../model/alerts/repeat.ts";
import type { AlertMemory } from "../model/alerts/memory.ts";
import { type AlertRules, DEFAULT_ALERT_RULES, type RuleTarget } from "../model/alerts/rules.ts";
import { ALERT_RULES_DOC, ALERT_SNOOZES_DOC } from "../model/alerts/rename.ts";
import { windowKey } from "../model/alerts/window_key.ts";
import { DAY_MS, HOUR_MS } from "../model/duration.ts";
import type { AccountKey } from "../model/quota.ts";
import type { AccountView } from "../model/view/view.ts";
import type { GetOptions, Store } from "../store/store.ts";
import { createAlertCounter } from "./alert_counter.ts";
import { type ChannelContext, ChannelError } from "./channel.ts";
import { channelContext } from "./channel_context.ts";
import { channelType } from "./channels/mod.ts";
import { composeMessage } from "./compose_message.ts";
import { type Replay, replayAlerts } from "./replay.ts";
import { createOutbox, type StoredDelivery } from "./outbox.ts";
import type { Channel, StoredChannels } from "./stored_channels.ts";
import { createSender, REMOVED } from "./sender.ts";
import { createSummaries, type SummariesParts, SUMMARY_ACCOUNT } from "./summaries.ts";

export interface AlertsParts {
  readonly store: Pick<Store, "docs" | "describe" | "readings" | "cycles">;
  readonly channels: Pick<StoredChannels, "list" | "remove">;
  readonly clock: Clock;
  readonly log: Log;
  readonly zone: () => string;
  /** What a channel can reach besides its settings. */
  readonly outside: Omit<ChannelContext, "settings" | "now" | "signal">;
  /** As for the sender. */
  readonly once?: boolean;
  /** The accounts as every surface shows them. */
  readonly accounts: (only?: AccountKey) => Promise<readonly AccountView[]>;
  /** What an account spent this month; asked only for accounts with a budget. */
  readonly spend: (account: AccountView) => Promise<MonthSpend | null>;
  /** What is known of newer versions; null where update checks are off. Default: always off. */
  readonly release?: () => Promise<ReleaseFacts | null>;
  /** What happened in the period of a summary. */
  readonly summary: (
    period: Parameters<SummariesParts["facts"]>[0],
    raised: readonly RaisedAlert[],
  ) => ReturnType<SummariesParts["facts"]>;
}

/** An alert as stored. */
export interface RaisedAlert extends Alert {
  readonly raisedAt: number;
}

export interface Alerts {
  /** Evaluates all accounts, or one, and stores the messages to send; resolves to the newly raised alerts. */
  evaluate(only?: AccountKey): Promise<readonly Alert[]>;
  /** Explains why each alert would or would not be raised now; stores nothing. */
  explain(only?: AccountKey): Promise<readonly (Decision & { readonly account: AccountKey })[]>;
  /** Sends due messages; resolves to how many were sent and how many attempts failed. */
  deliver(signal: AbortSignal): Promise<{ readonly sent: number; readonly failed: number }>;
  /** Sends a test message through one channel at once. @throws {ChannelError} when it was not accepted */
  test(channel: Channel, signal: AbortSignal): Promise<void>;
  /** Newest first. */
  list(): Promise<readonly RaisedAlert[]>;
  deliveries(): Promise<readonly StoredDelivery[]>;
  /** The outcomes of alerts since this process started, and what waits in the outbox. */
  counts(): Promise<AlertCounts>;
  snoozes(): Promise<readonly Snooze[]>;
  snooze(snooze: Snooze): Promise<void>;
  /** Ends the snoozes of a target, or all; resolves to their number. */
  unsnooze(target?: Snooze["target"]): Promise<number>;
  rules(): Promise<AlertRules>;
  setRules(rules: Partial<AlertRules>): Promise<void>;
  /**
   * Returns what these rules, or those in force, would have raised in the last `days`; stores nothing.
   *
   * @param of a kind of window, an account or a quota; default: all
   */
  replay(days: number, rules?: Partial<AlertRules>, of?: RuleTarget): Promise<Replay>;
}

const KEEP_MS = 60 * DAY_MS;
const MAX_SNOOZES = 200;

export function createAlerts(parts: AlertsParts): Alerts {
  const { store: { docs }, clock } = parts;
  const outbox = createOutbox(docs);
  const counter = createAlertCounter();
  const sender = createSender({ ...parts, outbox, counter });
  const summaries = createSummaries({
    docs,
    zone: parts.zone,
    facts: async (period) => await parts.summary(period, await list()),
  });
  let turn: Promise<unknown> = Promise.resolve();

  /** One at a time: two concurrent evaluations would both see the old memory. */
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = turn.then(work, work);
    turn = result.catch(() => {});
    return result;
  }

  async function rules(): Promise<AlertRules> {
    return {
      ...DEFAULT_ALERT_RULES,
      ...await docs.get<Partial<AlertRules>>("settings", ALERT_RULES_DOC, clock.now()),
    };
  }

  async function snoozes(options?: GetOptions): Promise<readonly Snooze[]> {
    const now = clock.now();
    return (await docs.get<readonly Snooze[]>("settings", ALERT_SNOOZES_DOC, now, options) ?? []).filter((
      { until },
    ) => until > now);
  }

  async function decide(inForce: AlertRules, only?: AccountKey, again = false) {
    const now = clock.now();
    const views = (await parts.accounts(only)).filter(({ key, hidden }) =>
      !hidden && (only === undefined || key === only)
    );
    return await Promise.all(views.map(async (account) => {
      const memory = await docs.get<AlertMemory>("alert_memory", account.key, now);
      const spend = budgetOf(inForce, account.key) > 0 ? await parts.spend(account) : null;
      return {
        account,
        ...decideAlerts({ account, memory, rules: inForce, now, zone: parts.zone(), again, spend }),
        before: memory,
      };
    }));
  }

  /** Decides about repetitions of what is open in these accounts. */
  async function decideAgain(views: readonly AccountView[], inForce: AlertRules) {
    const accounts = views.filter((account) => asksForRepeats(inForce, account));
    if (accounts.length === 0) return [];
    const [raised, snoozed] = await Promise.all([list(), snoozes()]);
    const now = clock.now();
    return decideRepeats({ raised, accounts, snoozes: snoozed, rules: inForce, now, zone: parts.zone() });
  }

  async function decideVersion({ off }: AlertRules) {
    const now = clock.now();
    const release = await parts.release?.() ?? null;
    const memory = release &&
      await docs.get<{ readonly told: readonly string[] }>("alert_memory", UPDATE_ACCOUNT, now);
    const before = memory?.told ?? [];
    return { before, ...decideRelease(release, before, off, now) };
  }

  async function list(): Promise<readonly RaisedAlert[]> {
    const all = await docs.list<RaisedAlert>("alerts", clock.now());
    return all.map(({ doc }) => doc).filter(({ raisedAt }) => typeof raisedAt === "number")
      .sort((a, b) => b.raisedAt - a.raisedAt || (a.id < b.id ? -1 : 1));
  }

  async function store(
    alert: Alert,
    channels: readonly Channel[],
    snoozed: readonly Snooze[],
  ): Promise<boolean> {
    const now = clock.now();
    const held: (readonly [type: string, reason: SuppressedReason])[] = [];
    for (const { id, type, rule, enabled } of channels) {
      if (!enabled) {
        held.push([type, "paused"]);
        continue;
      }
      const { at, reason } = deliveryTime(alert, rule, snoozed, now, parts.zone());
      if (reason !== "now") held.push([type, reason]);
      // A message the channel does not want leaves no trace there; a held-back one does.
      if (at === null && reason !== "snoozed") continue;
      await outbox.add({
        alert,
        channel: id,
        state: at === null ? "expired" : "waiting",
        createdAt: now,
        dueAt: at ?? now,
        attempts: 0,
        note: reason === "now" ? "" : reason,
      }, now);
    }
    const raised: RaisedAlert = { ...alert, raisedAt: now };
    const isNew = await docs.put("alerts", alert.id, raised, now, {
      ifAbsent: true,
      expiresAt: now + KEEP_MS,
    });
    // Another process may have stored it, and counted.
    if (isNew) counter.raised(held);
    return isNew;
  }

  return {
    evaluate: (only) =>
      inTurn(async () => {
        const inForce = await rules();
        const decided = await decide(inForce, only);
        let outlets: Promise<readonly [readonly Channel[], readonly Snooze[]]> | undefined;
        /** Read once, and only when something was raised. */
        const readOutlets = () => outlets ??= Promise.all([parts.channels.list(), snoozes()]);
        const news: Alert[] = [];
        for (const { account, decisions, memory, before } of decided) {
          for (const { alert, reason } of decisions) {
            if (reason === "turned-off") counter.turnedOff();
            if (alert && await store(alert, ...await readOutlets())) news.push(alert);
          }
          if (JSON.stringify(memory) !== JSON.stringify(before)) {
            await docs.put("alert_memory", account.key, memory, clock.now());
          }
        }
        for (const { alert } of await decideAgain(decided.map(({ account }) => account), inForce)) {
          if (alert && await store(alert, ...await readOutlets())) news.push(alert);
        }
        if (only === undefined) {
          const { decisions, told, before } = await decideVersion(inForce);
          for (const { alert, reason } of decisions) {
            if (reason === "turned-off" && told.length > before.length) counter.turnedOff();
            if (alert && await store(alert, ...await readOutlets())) news.push(alert);
          }
          if (told !== before) await docs.put("alert_memory", UPDATE_ACCOUNT, { told }, clock.now());
          const all = await parts.channels.list();
          const { summaries: due, settle } = await summaries.due(
            all,
            clock.now(),
            inForce.off.includes("summary"),
          );
          const silenced = due.length === 0 ? [] : await snoozes();
          for (const { channel, alert } of due) await store(alert, [channel], silenced);
          news.push(...due.map(({ alert }) => alert));
          await settle();
        }
        return news;
      }),
    async explain(only) {
      const inForce = await rules();
      const decided = await decide(inForce, only, true);
      const own = [
        ...decided.flatMap(({ account, decisions }) =>
          decisions.map((one) => ({ ...one, account: account.key }))
        ),
        ...await decideAgain(decided.map(({ account }) => account), inForce),
      ];
      if (only !== undefined) return own;
      const isOff = inForce.off.includes("summary");
      const of = await summaries.explain(await parts.channels.list(), clock.now(), isOff);
      const { decisions } = await decideVersion(inForce);
      return [
        ...own,
        ...decisions.map((one) => ({ ...one, account: UPDATE_ACCOUNT })),
        ...of.map((one) => ({ ...one, account: SUMMARY_ACCOUNT })),
      ];
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
      if (!type) throw new ChannelError("There is no such type of channel any more", { retry: false });
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
      const others = (await snoozes({ fresh: true })).filter(({ target, kind }) =>
        target !== snooze.target || kind !== snooze.kind
      );
      await docs.put("settings", ALERT_SNOOZES_DOC, [...others, snooze].slice(-MAX_SNOOZES), clock.now());
    },
    async unsnooze(target) {
      const all = await snoozes({ fresh: true });
      const rest = target === undefined ? [] : all.filter((one) => one.target !== target);
      await docs.put("settings", ALERT_SNOOZES_DOC, rest, clock.now());
      return all.length - rest.length;
    },
    rules,
    async replay(days, changes, of = "*") {
      const to = clock.now();
      return await replayAlerts({
        store: parts.store,
        accounts: accountsOf(await parts.accounts(), of),
        rules: { ...await rules(), ...changes },
        from: to - days * DAY_MS,
        to: to + 1,
        zone: parts.zone(),
      });
    },
    async setRules(changes) {
      await docs.put("settings", ALERT_RULES_DOC, {
        ...await docs.get<Partial<AlertRules>>("settings", ALERT_RULES_DOC, clock.now(), { fresh: true }),
        ...changes,
      }, clock.now());
    },
  };
}

/** Returns the accounts a target covers, each with only its quotas that are meant. */
function accountsOf(accounts: readonly AccountView[], of: RuleTarget): readonly AccountView[] {
  if (of === "*") return accounts;
  return accounts.flatMap((account) => {
    if (account.key === of) return [account];
    const quotas = account.quotas.filter(({ key, window }) => key === of || windowKey(window) === of);
    return quotas.length === 0 ? [] : [{ ...account, quotas }];
  });
}
