/**
 * What every surface shows: page, API, terminal. Views are pure functions of the
 * stored facts and an instant, so no two surfaces can disagree.
 */
import type { QuotaState } from "../engine/advance.ts";
import type { Forecast } from "../forecast/forecast.ts";
import { healthOf } from "./health.ts";
import { accountIntervalMs, quotaIntervalMs } from "../engine/interval.ts";
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
import { type AccountState, wholeSnapshotAt } from "../engine/state.ts";
import type { AccountFact, Dropped, Part, Reading, Unit, Window } from "../quota.ts";
import { type StatusBounds, statusInWords, type StatusWord, THRESHOLDS, type Thresholds } from "./status.ts";

export interface QuotaView {
  readonly key: QuotaKey;
  readonly quota: string;
  readonly label: string;
  readonly unit: Unit;
  readonly window: Window;
  /** When it was read, epoch milliseconds. */
  readonly at: number;
  /** How often it was read lately, in milliseconds; absent while that is not known. */
  readonly intervalMs?: number;
  readonly used: number | null;
  readonly limit: number | null;
  readonly remaining: number | null;
  /** Used share of the limit, clamped to 0..1. */
  readonly utilization: number | null;
  /** The same, not clamped: 1.2 is 20 percent over. */
  readonly share: number | null;
  /** One word from level, forecast and the vendor's own verdict together. */
  readonly status: StatusWord;
  /** The vendor's own verdict: false while it refuses work. Absent where it gives none. */
  readonly allowed?: boolean;
  /** What a rolling window gives back in an hour, in the unit; absent where the vendor does not say. */
  readonly refillPerHour?: number;
  readonly resetsAt: number | null;
  /** Consumption per hour over the recent past, in the unit; null while too little is known. */
  readonly ratePerHour: number | null;
  /** The span of time that rate is taken over, in milliseconds; null where there is none. */
  readonly rateSpanMs: number | null;
  readonly cycle: CycleView;
  /** Where it is heading; absent where nobody has reckoned it. */
  readonly forecast?: ForecastView;
  /** How far use is ahead of time; absent or null where nobody can say. */
  readonly pace?: PaceView | null;
  /** True when the provider no longer mentions it. */
  readonly gone: boolean;
  readonly parts: readonly Part[];
  /** ISO 4217 code of its amounts; absent where they are no money, or dollars and nothing was said. */
  readonly currency?: string;
  /** Where the figure comes from when it is not the vendor's endpoint: `statusline`. */
  readonly source?: string;
  /** What used and limit are in dollars, where the provider states both a share and money. */
  readonly usd?: Reading["usd"];
}

export interface CycleView {
  readonly startedAt: number;
  readonly peak: number | null;
  /** Null where nothing that is consumed can be counted. */
  readonly consumed: number | null;
  readonly whole: boolean;
}

/** What a view tells of a forecast. */
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

/** What a view tells of the pace: the share of the window that has passed, and used share less that. */
export type PaceView = Pick<Pace, "expected" | "delta" | "stage">;

export interface AccountView {
  readonly key: AccountKey;
  readonly provider: string;
  readonly providerName: string;
  readonly name: string;
  /** What somebody called it instead of provider and name; absent where nobody did. */
  readonly label?: string;
  /** True where somebody turned its polling off; absent otherwise. */
  readonly paused?: true;
  /** Present while somebody hid it and it is not configured. */
  readonly hidden?: true;
  /** Where its credential is found now, never its value; absent where it is not. */
  readonly source?: string;
  /** When its credential ends, epoch milliseconds; absent where that is not known. */
  readonly expiresAt?: number;
  readonly plan: string | null;
  /** What its provider says besides quotas, for example resets in reserve; absent where it says nothing. */
  readonly facts?: readonly AccountFact[];
  /** What the last answer held and no reading was made of; absent where that is nothing. Hostile text. */
  readonly dropped?: readonly Dropped[];
  /** How much was ever left out of its answers; absent where that is nothing. */
  readonly droppedTotal?: number;
  readonly health: Health;
  /** When its last snapshot was taken, epoch milliseconds, or null before the first. */
  readonly at: number | null;
  readonly quotas: readonly QuotaView[];
}

export interface DashboardView {
  /** When this view was made, epoch milliseconds. */
  readonly at: number;
  /** The live event it includes, to follow on from. */
  readonly eventId: number;
  readonly accounts: readonly AccountView[];
  /** What people set that changes how the view is shown; no figure depends on it. */
  readonly settings: ViewSettings;
  /** What keeps new readings from being stored, or null. */
  readonly trouble: TroubleView | null;
}

/** Whether pages lead with what is used or with what is left. */
export type Display = "used" | "left";

/** Stands for the zone of whoever looks, where a zone can be chosen. */
export const BROWSER_ZONE = "browser";

export interface ViewSettings {
  readonly display: Display;
  /** The IANA zone pages tell times in, or `browser` for that of whoever looks. */
  readonly zone: string;
  readonly thresholds: Thresholds;
  readonly theme: "system" | "light" | "dark";
  readonly density: "comfortable" | "compact";
  /** Whether somebody put the accounts in an order of their own. */
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

/** What a view of an account is made of. */
export interface AccountFacts {
  readonly account: AccountKey;
  readonly state: AccountState;
  readonly outcome: Outcome | null;
  readonly okAt: number | null;
  /** Whether a credential for it is found at present. */
  readonly configured: boolean;
  readonly providerName: string;
  readonly label?: string | null;
  /** Whether it is polled by the clock, where it is configured; true unless given. */
  readonly polling?: boolean;
  /** Whether somebody hid it, which counts while it is not configured; not hidden unless given. */
  readonly hidden?: boolean;
  /** Its credential as it is found at present; null or absent where it is not. */
  readonly credential?: CredentialFacts | null;
  /** Where the words for how full a quota is begin, unless as usual. */
  readonly statusBounds?: StatusBounds;
  /** By quota id, where they were made. */
  readonly forecasts?: ReadonlyMap<string, Forecast>;
  readonly paces?: ReadonlyMap<string, Pace | null>;
}

/** A rate needs readings that span at least this long. */
const MIN_RATE_SPAN_MS = 5 * 60_000;
/** A quota the provider stopped mentioning is shown for so long, and then no more. */
const GONE_SHOWN_MS = 24 * 3_600_000;

/** The quotas of an account that are shown, in the order in which they were first seen. */
export function visibleQuotas(state: AccountState): readonly QuotaState[] {
  return Object.values(state.quotas)
    .filter((quota) => {
      const wholeAt = wholeSnapshotAt(state);
      return wholeAt !== null && wholeAt - quota.at <= GONE_SHOWN_MS;
    });
}

/** The same without accounts somebody hid. */
export function withoutHidden(view: DashboardView): DashboardView {
  return view.accounts.some(({ hidden }) => hidden)
    ? { ...view, accounts: view.accounts.filter(({ hidden }) => !hidden) }
    : view;
}

export function accountView(facts: AccountFacts, now: number): AccountView {
  const { account, state } = facts;
  const { provider, name } = splitAccountKey(account);
  const quotas = visibleQuotas(state).map((quota) => {
    const id = quota.reading.quota;
    const conclusions = { forecast: facts.forecasts?.get(id), pace: facts.paces?.get(id) };
    return quotaView(account, quota, wholeSnapshotAt(state), facts.statusBounds, conclusions);
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
    health: healthOf(
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

/** What was concluded about a quota, where it was. */
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
    status: statusInWords(
      { share, allowed, forecast, isBalance: reading.window.kind === "balance", isUsedUp: isUsedUp(reading) },
      statusBounds,
    ),
    ...allowed === undefined ? {} : { allowed },
    ...refillPerHour === undefined ? {} : { refillPerHour },
    resetsAt: reading.resetsAt,
    // Of what is not known nothing can be consumed, which is not the same as a rate of 0.
    ratePerHour: statesAmount(reading) ? recentRate(state) : null,
    rateSpanMs: statesAmount(reading) ? rateSpan(state) : null,
    cycle: {
      startedAt: cycle.startedAt,
      peak: cycle.peak,
      // A gauge keeps its 0, since nothing of it is consumed; of what nobody states, nothing is known.
      consumed: isGauge(reading.window) || statesAmount(reading) || cycle.consumed > 0
        ? cycle.consumed
        : null,
      whole: cycle.whole,
    },
    ...forecast && { forecast: forecastView(forecast) },
    ...pace && { pace: { expected: pace.expected, delta: pace.delta, stage: pace.stage } },
    gone: snapshotAt !== null && state.at < snapshotAt,
    parts: reading.parts ?? [],
    ...reading.currency === undefined ? {} : { currency: reading.currency },
    ...reading.source === undefined ? {} : { source: reading.source },
    ...reading.usd === undefined ? {} : { usd: reading.usd },
  };
}

/** How often an account was read lately, in milliseconds; null while that is not known. */
export function readEveryMs({ at, quotas }: Pick<AccountView, "at" | "quotas">): number | null {
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

/** Consumption per hour over the recent past, or null while the readings span less than five minutes. */
export function recentRate(state: Pick<QuotaState, "recent">): number | null {
  const span = rateSpan(state);
  if (span === null) return null;
  const consumed = state.recent.reduce((sum, slot) => sum + slot.consumed, 0);
  return consumed / (span / 3_600_000);
}

/** The span of time that rate is taken over, or null while it is too short. */
function rateSpan({ recent }: Pick<QuotaState, "recent">): number | null {
  const first = recent[0];
  const last = recent.at(-1);
  return first && last && last.to - first.from >= MIN_RATE_SPAN_MS ? last.to - first.from : null;
}

/** How tight a quota is: what is blocked is tighter than anything that is full, an unknown share the loosest. */
export function tightnessOf({ share, status }: Pick<QuotaView, "share" | "status">): number {
  return status === "blocked" ? Infinity : share ?? -1;
}

/** Every quota of a view, what is blocked first, then the fullest; those without a known share come last. */
export function tightestFirst(view: Pick<DashboardView, "accounts">): readonly QuotaView[] {
  return view.accounts.flatMap((account) => account.quotas)
    .toSorted((a, b) => compareNumbers(tightnessOf(b), tightnessOf(a)));
}

/** Also of two that are infinite. */
function compareNumbers(a: number, b: number): number {
  return a === b ? 0 : a - b;
}
