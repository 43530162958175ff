/**
 * What every surface shows: page, API, terminal. Views are pure functions of the stored facts and an instant,
 * so no two surfaces can disagree.
 */
import type { QuotaState } from "../engine/advance.ts";
import type { Forecast } from "../forecast/forecast.ts";
import { computeHealth } from "./health.ts";
import { accountIntervalMs, quotaIntervalMs, staleAfterMs } from "../engine/interval.ts";
import type { CredentialFacts, Health, Outcome } from "../outcome.ts";
import type { Pace } from "../forecast/pace.ts";
import {
  type AccountKey,
  isGauge,
  isUsedUp,
  type QuotaKey,
  quotaKey,
  readingShare,
  readingUtilization,
  splitAccountKey,
  statesAmount,
} from "../quota.ts";
import { type AccountState, isGoneSince, lastListedAt, wholeSnapshotAt } from "../engine/state.ts";
import type { AccountFact, Dropped, Part, Reading, Unit, Window } from "../quota.ts";
import {
  determineStatus,
  type StatusBounds,
  type StatusWord,
  THRESHOLDS,
  type Thresholds,
} from "./status.ts";

export interface QuotaView {
  readonly key: QuotaKey;
  readonly quota: string;
  readonly label: string;
  readonly unit: Unit;
  readonly window: Window;
  /** When it was read, epoch milliseconds. */
  readonly at: number;
  /** The recent interval between readings, in milliseconds; absent while unknown. */
  readonly intervalMs?: number;
  readonly used: number | null;
  readonly limit: number | null;
  readonly remaining: number | null;
  /** Used share of the limit, clamped to 0..1. */
  readonly utilization: number | null;
  /** The same, not clamped: 1.2 is 20 percent over. */
  readonly share: number | null;
  /** One word for level, forecast and the vendor's own verdict together. */
  readonly status: StatusWord;
  /** The vendor's own verdict: false while it refuses work. Absent without a verdict. */
  readonly allowed?: boolean;
  /** Amount a rolling window refills per hour, in the unit; absent when the vendor does not say. */
  readonly refillPerHour?: number;
  readonly resetsAt: number | null;
  /** Recent consumption per hour, in the unit; null while too little is known. */
  readonly ratePerHour: number | null;
  /** Time range of that rate, in milliseconds; null without a rate. */
  readonly rateSpanMs: number | null;
  readonly cycle: CycleView;
  /** Where it is heading; absent when not computed. */
  readonly forecast?: ForecastView;
  /** How far use is ahead of time; absent or null when unknown. */
  readonly pace?: PaceView | null;
  /** True when the provider no longer mentions it. */
  readonly gone: boolean;
  /** True when the readings of its account have left it out for so long that its figures are stale. */
  readonly outdated?: true;
  readonly parts: readonly Part[];
  /** ISO 4217 code of its amounts; absent when they are not money, or are dollars by default. */
  readonly currency?: string;
  /** The source of the figure when it is not the vendor's endpoint: `statusline`. */
  readonly source?: string;
  /** Used and limit in dollars, if the provider states both a share and money. */
  readonly usd?: Reading["usd"];
}

export interface CycleView {
  readonly startedAt: number;
  /** The announced reset that will end it; absent when it is that of the last reading. */
  readonly resetsAt?: number | null;
  readonly peak: number | null;
  /** Null when the quota has no consumption to count. */
  readonly consumed: number | null;
  readonly whole: boolean;
}

/** The part of a forecast that views show. */
export type ForecastView = Pick<
  Forecast,
  | "state"
  | "reason"
  | "ratePerHour"
  | "projectedUsed"
  | "projectedShare"
  | "emptyAt"
  | "marginMs"
  | "runOutProbability"
  | "confidence"
>;

/** The pace in a view: the share of the window that has passed, and the used share minus it. */
export type PaceView = Pick<Pace, "expected" | "delta" | "stage">;

export interface AccountView {
  readonly key: AccountKey;
  readonly provider: string;
  readonly providerName: string;
  readonly name: string;
  /** The user's name for it, replacing provider and name; absent when not set. */
  readonly label?: string;
  /** True when a user turned its polling off; otherwise absent. */
  readonly paused?: true;
  /** Present while it is hidden by a user and not configured. */
  readonly hidden?: true;
  /** Where its credential is now, never its value; absent when there is none. */
  readonly source?: string;
  /** When its credential expires, epoch milliseconds; absent when unknown. */
  readonly expiresAt?: number;
  readonly plan: string | null;
  /** What its provider reports besides quotas, for example reset credits; absent when nothing. */
  readonly facts?: readonly AccountFact[];
  /** Parts of the last response that yielded no reading; absent when there are none. Hostile text. */
  readonly dropped?: readonly Dropped[];
  /** Total number of parts ever left out of its responses; absent when 0. */
  readonly droppedTotal?: number;
  readonly health: Health;
  /** When its last snapshot was taken, epoch milliseconds, or null before the first. */
  readonly at: number | null;
  readonly quotas: readonly QuotaView[];
}

export interface DashboardView {
  /** When this view was built, epoch milliseconds. */
  readonly at: number;
  /** The live event it includes, to continue from. */
  readonly eventId: number;
  readonly accounts: readonly AccountView[];
  /** User settings that change how the view looks; no figure depends on them. */
  readonly settings: ViewSettings;
  /** What keeps it from storing new readings, or null. */
  readonly trouble: TroubleView | null;
}

/** Whether pages lead with what is used or with what is left. */
export type Display = "used" | "left";

/** Stands for the viewer's zone, wherever a zone can be selected. */
export const BROWSER_ZONE = "browser";

export interface ViewSettings {
  readonly display: Display;
  /** The IANA zone pages show times in, or `browser` for the viewer's. */
  readonly zone: string;
  readonly thresholds: Thresholds;
  readonly theme: "system" | "light" | "dark";
  readonly density: "comfortable" | "compact";
  /** True when a user put the accounts in their own order. */
  readonly ordered: boolean;
}

export const DEFAULT_VIEW: Omit<ViewSettings, "zone"> = {
  display: "used",
  thresholds: THRESHOLDS,
  theme: "system",
  density: "comfortable",
  ordered: false,
};

export interface TroubleView {
  /** What is wrong and what to do about it, for people. */
  readonly message: string;
  readonly hint: string;
  /** Epoch milliseconds. */
  readonly since: number;
}

/** The input of an account's view. */
export interface AccountViewInput {
  readonly account: AccountKey;
  readonly state: AccountState;
  readonly outcome: Outcome | null;
  readonly okAt: number | null;
  /** True when it has a credential now. */
  readonly configured: boolean;
  readonly providerName: string;
  readonly label?: string | null;
  /**
   * Whether it is polled on schedule while configured.
   * @default {true}
   */
  readonly polling?: boolean;
  /**
   * True when a user hid it, which applies while it is not configured.
   * @default {false}
   */
  readonly hidden?: boolean;
  /** Its current credential; null or absent when there is none. */
  readonly credential?: CredentialFacts | null;
  /** Thresholds of the status words, if not the defaults. */
  readonly statusBounds?: StatusBounds;
  /** By quota id, where computed. */
  readonly forecasts?: ReadonlyMap<string, Forecast>;
  readonly paces?: ReadonlyMap<string, Pace | null>;
}

/** A rate needs readings that span at least this long. */
const MIN_RATE_SPAN_MS = 5 * 60_000;
/** A status line names only some quotas; the others are polled every half hour then, so 35 minutes are no gap. */
const USUAL_MS = 14 * 60_000;
/** How long a quota the provider stopped mentioning stays visible. */
const MAX_GONE_MS = 24 * 3_600_000;

/** Returns the visible quotas of an account, in the order in which they first appeared. */
export function listVisibleQuotas(state: AccountState): readonly QuotaState[] {
  return Object.values(state.quotas)
    .filter((quota) => {
      const wholeAt = wholeSnapshotAt(state);
      return wholeAt !== null && wholeAt - lastListedAt(quota) <= MAX_GONE_MS;
    });
}

/** Returns the view without hidden accounts. */
export function withoutHidden(view: DashboardView): DashboardView {
  return view.accounts.some(({ hidden }) => hidden)
    ? { ...view, accounts: view.accounts.filter(({ hidden }) => !hidden) }
    : view;
}

export function accountView(facts: AccountViewInput, now: number): AccountView {
  const { account, state } = facts;
  const { provider, name } = splitAccountKey(account);
  const quotas = listVisibleQuotas(state).map((quota) => {
    const id = quota.reading.quota;
    const conclusions = { forecast: facts.forecasts?.get(id), pace: facts.paces?.get(id) };
    const view = quotaView(account, quota, wholeSnapshotAt(state), facts.statusBounds, conclusions);
    const isOutdated = (state.at ?? 0) - view.at > staleAfterMs(Math.max(USUAL_MS, view.intervalMs ?? 0));
    return isOutdated ? { ...view, outdated: true as const } : view;
  });
  const { label, polling = true, hidden = false, configured, credential } = facts;
  return {
    key: account,
    provider,
    providerName: facts.providerName,
    name,
    ...label && { label },
    ...configured && !polling && { paused: true as const },
    ...!configured && hidden && { hidden: true as const },
    ...credential && credential.source !== "" && { source: credential.source },
    ...credential && credential.expiresAt !== null && { expiresAt: credential.expiresAt },
    plan: state.plan,
    ...state.facts && state.facts.length > 0 && { facts: state.facts },
    ...state.dropped && { dropped: state.dropped },
    ...state.droppedTotal !== undefined && { droppedTotal: state.droppedTotal },
    health: computeHealth(
      facts.outcome,
      facts.okAt,
      configured && polling,
      now,
      accountIntervalMs(state, facts.outcome),
      credential,
    ),
    at: state.at,
    quotas,
  };
}

/** The conclusions about a quota, if any. */
export interface QuotaConclusions {
  readonly forecast?: Forecast | undefined;
  readonly pace?: Pace | null | undefined;
}

export function quotaView(
  account: AccountKey,
  state: QuotaState,
  snapshotAt: number | null,
  statusBounds?: StatusBounds,
  { forecast, pace }: QuotaConclusions = {},
): QuotaView {
  const { reading, cycle } = state;
  const share = readingShare(reading);
  const { allowed, refillPerHour } = reading;
  const intervalMs = quotaIntervalMs(state);
  return {
    key: quotaKey(account, reading.quota),
    quota: reading.quota,
    label: reading.label,
    unit: reading.unit,
    window: reading.window,
    at: state.at,
    ...intervalMs !== null && { intervalMs },
    used: reading.used,
    limit: reading.limit,
    remaining: reading.remaining,
    utilization: readingUtilization(reading),
    share,
    status: determineStatus(
      { share, allowed, forecast, isBalance: reading.window.kind === "balance", isUsedUp: isUsedUp(reading) },
      statusBounds,
    ),
    ...allowed === undefined ? {} : { allowed },
    ...refillPerHour === undefined ? {} : { refillPerHour },
    resetsAt: reading.resetsAt,
    // An unknown amount has no known consumption, which is not a rate of 0.
    ratePerHour: statesAmount(reading) ? recentRate(state) : null,
    rateSpanMs: statesAmount(reading) ? rateSpan(state) : null,
    cycle: {
      startedAt: cycle.startedAt,
      ...cycle.resetsAt === reading.resetsAt ? {} : { resetsAt: cycle.resetsAt },
      peak: cycle.peak,
      // A gauge keeps its 0, because nothing of it is consumed; an unstated amount is unknown.
      consumed: isGauge(reading.window) || statesAmount(reading) || cycle.consumed > 0
        ? cycle.consumed
        : null,
      whole: cycle.whole,
    },
    ...forecast && { forecast: forecastView(forecast) },
    ...pace && { pace: { expected: pace.expected, delta: pace.delta, stage: pace.stage } },
    gone: isGoneSince(snapshotAt, state),
    parts: reading.parts ?? [],
    ...reading.currency === undefined ? {} : { currency: reading.currency },
    ...reading.source === undefined ? {} : { source: reading.source },
    ...reading.usd === undefined ? {} : { usd: reading.usd },
  };
}

/** Reports whether the last reading of an account did not include a quota, so that its figures are older. */
export function isLate({ at }: Pick<AccountView, "at">, quota: Pick<QuotaView, "at">): boolean {
  return at !== null && quota.at < at;
}

/** Returns an account's recent polling interval, in milliseconds; null while unknown. */
export function recentIntervalMs({ at, quotas }: Pick<AccountView, "at" | "quotas">): number | null {
  const known = quotas.flatMap((quota) => quota.at === at ? quota.intervalMs ?? [] : []);
  return known.length === 0 ? null : Math.min(...known);
}

function forecastView(forecast: Forecast): ForecastView {
  const { state, reason, ratePerHour, projectedUsed, projectedShare } = forecast;
  const { emptyAt, marginMs, runOutProbability, confidence } = forecast;
  return {
    state,
    reason,
    ratePerHour,
    projectedUsed,
    projectedShare,
    emptyAt,
    marginMs,
    runOutProbability,
    confidence,
  };
}

/** Returns recent consumption per hour, or null while the readings span less than five minutes. */
export function recentRate(state: Pick<QuotaState, "recent">): number | null {
  const span = rateSpan(state);
  if (span === null) return null;
  const consumed = state.recent.reduce((sum, slot) => sum + slot.consumed, 0);
  return consumed / (span / 3_600_000);
}

/** Returns the time range of that rate, or null while it is too short. */
function rateSpan({ recent }: Pick<QuotaState, "recent">): number | null {
  const first = recent[0];
  const last = recent.at(-1);
  return first && last && last.to - first.from >= MIN_RATE_SPAN_MS ? last.to - first.from : null;
}

/**
 * Ranks the tightness of a quota: a blocked one is tighter than any full one, and one whose share is unknown is the
 * loosest, as is one that is no longer reported.
 */
export function computeTightness(
  { gone, share, status }: Pick<QuotaView, "gone" | "share" | "status">,
): number {
  return gone ? -1 : status === "blocked" ? Infinity : share ?? -1;
}

/** Returns the tightest quota that is still reported; undefined when there is none, or no view. */
export function findTightest(view: Pick<DashboardView, "accounts"> | null): QuotaView | undefined {
  return view === null ? undefined : sortByTightness(view).find(({ gone }) => !gone);
}

/**
 * Returns every quota of a view, blocked ones first, then the fullest; those without a known share, and those that are
 * no longer reported, come last.
 */
export function sortByTightness(view: Pick<DashboardView, "accounts">): readonly QuotaView[] {
  return view.accounts.flatMap((account) => account.quotas)
    .toSorted((a, b) => compareNumbers(computeTightness(b), computeTightness(a)));
}

/** Compares numbers, including two infinities. */
function compareNumbers(a: number, b: number): number {
  return a === b ? 0 : a - b;
}
