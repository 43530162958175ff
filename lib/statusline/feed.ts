/**
 * The file in which status lines store the limits they receive, for the poller: by the tool's folder, because
 * a user may work with several logins, and by token for sessions started with one.
 *
 * Several sessions print in turn, and an idle one repeats what it received an hour ago. So
 * for each window, the latest reset and the highest figure before it count, whichever
 * session reports them and in any order: within one window use cannot fall. A figure is as
 * old as the last evidence that it is true, and repetition is no evidence.
 */
import type { LimitWindow, LimitWindows } from "./input.ts";

export interface SessionFeed {
  /** When the newest of them was known to be true, epoch milliseconds. */
  readonly at: number;
  /** The first part of the SHA-256 of the token they belong to, or null when the tool's file contained none. */
  readonly credential: string | null;
  readonly windows: LimitWindows;
  /** By window: when it was last known to be true, and from which session. Absent: all at `at`. */
  readonly seen?: Readonly<Record<string, WindowEvidence>>;
  /** The last report of each session. */
  readonly sessions?: Readonly<Record<string, LastReport>>;
}

export interface WindowEvidence {
  readonly at: number;
  readonly session: string | null;
}

/** A session's last report, to detect when it only repeats itself. */
export interface LastReport {
  readonly at: number;
  readonly credential: string | null;
  readonly answeredMs: number | null;
  readonly windows: LimitWindows;
}

/** A session's current report. */
export interface Report {
  readonly at: number;
  readonly credential: string | null;
  readonly windows: LimitWindows;
  readonly session: string | null;
  readonly answeredMs: number | null;
}

export interface Feed {
  /** By the tool's folder as its variable states it; empty for the default one. */
  readonly homes: Readonly<Record<string, SessionFeed>>;
  /** Sessions started with their own token, by the first part of its SHA-256. */
  readonly tokens: Readonly<Record<string, SessionFeed>>;
}

/** A position in the feed. */
export interface Slot {
  readonly kind: keyof Feed;
  readonly name: string;
}

const MAX_SLOTS = 20;
const MAX_SESSIONS = 24;
/** Unchanged figures are confirmed again after this long. */
export const AGAIN_MS = 60_000;
/** Resets that differ by no more than this belong to the same window. */
const SAME_RESET_MS = 10 * 60_000;
/** A window without a stated reset is over after this long without evidence. */
const UNNAMED_MS = 5 * 3_600_000;
/** Sessions write at the same time, in any order; later than this is the future. */
const AHEAD_MS = 60_000;

/** Parses the file; empty for a broken one. */
export function parseFeed(text: string | null): Feed {
  try {
    const { homes, tokens } = { ...JSON.parse(text ?? "") as Partial<Record<keyof Feed, unknown>> };
    return { homes: slotsIn(homes), tokens: slotsIn(tokens) };
  } catch {
    return { homes: {}, tokens: {} };
  }
}

function slotsIn(value: unknown): Readonly<Record<string, SessionFeed>> {
  if (typeof value !== "object" || value === null) return {};
  return Object.fromEntries(Object.entries(value).filter(([, session]) => isFed(session)));
}

function isFed(value: unknown): value is SessionFeed {
  const { at, credential, windows, seen, sessions } = { ...value as Partial<SessionFeed> };
  return isInstant(at) && isTextOrNull(credential) && isWindows(windows) &&
    (seen === undefined ||
      isRecordWith<WindowEvidence>(seen, (one) => isInstant(one.at) && isTextOrNull(one.session))) &&
    (sessions === undefined || isRecordWith<LastReport>(sessions, isSaid));
}

function isSaid(value: Partial<LastReport>): boolean {
  const { at, credential, answeredMs, windows } = value;
  return isInstant(at) && isTextOrNull(credential) && isWindows(windows) &&
    (answeredMs === null || typeof answeredMs === "number");
}

function isWindows(value: unknown): value is LimitWindows {
  return isRecordWith<LimitWindow>(value, ({ usedPercent, resetsAt }) => {
    return typeof usedPercent === "number" && (resetsAt === null || typeof resetsAt === "number");
  });
}

function isRecordWith<Value>(value: unknown, isOne: (one: Partial<Value>) => boolean): boolean {
  return typeof value === "object" && value !== null &&
    Object.values(value).every((one) => typeof one === "object" && one !== null && isOne(one));
}

function isInstant(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value);
}

function isTextOrNull(value: unknown): value is string | null {
  return value === null || typeof value === "string";
}

export function lastFeedAt(feed: Feed, { kind, name }: Slot): SessionFeed | undefined {
  return Object.hasOwn(feed[kind], name) ? feed[kind][name] : undefined;
}

/** Returns the feed after a report, or `before` itself when the report brings nothing new. */
export function withReport(before: SessionFeed | undefined, report: Report): SessionFeed | undefined {
  const { at, credential, session } = report;
  if (Object.keys(report.windows).length === 0) return before;
  const past = before && withoutFuture(before, at);
  const lastReport = session === null ? undefined : past?.sessions?.[session];
  const isAnswered = lastReport !== undefined &&
    (hasGrown(lastReport, report) || hasNewerWindows(report.windows, lastReport.windows));
  // A repetition says nothing about the present, and belongs to the login of its first report.
  if (lastReport && !isAnswered) return before;
  // Figures of one login say nothing about another's; keep the sessions' reports to recognize them again.
  const known = past?.credential === credential ? past : undefined;
  const windows: Record<string, LimitWindow> = { ...known?.windows };
  const seen: Record<string, WindowEvidence> = {};
  for (const name of Object.keys(windows)) seen[name] = findEvidence(known, name);
  let isNews = false;
  for (const [name, window] of Object.entries(report.windows)) {
    const old = Object.hasOwn(windows, name) ? windows[name] : undefined;
    const last = seen[name];
    const isStill = old !== undefined && isAnswered && isSameFigure(old, window) &&
      at - (last?.at ?? 0) >= AGAIN_MS;
    if (old && last && !isStill && !isNewer(window, old, last, report)) continue;
    windows[name] = window;
    seen[name] = { at, session };
    isNews = true;
  }
  if (!isNews && session === null) return before;
  return {
    at: Math.max(...Object.values(seen).map((one) => one.at)),
    credential,
    windows,
    seen,
    sessions: session === null ? past?.sessions ?? {} : keepNewest({
      ...past?.sessions,
      [session]: { at, credential, answeredMs: report.answeredMs, windows: report.windows },
    }, MAX_SESSIONS),
  };
}

/**
 * Returns the feed without figures dated after `at`: a clock was ahead when they arrived, so how old they are is
 * unknown, and their date would make every later figure look older. The sessions' reports stay, to recognize
 * repetitions.
 */
function withoutFuture(feed: SessionFeed, at: number): SessionFeed {
  const isPast = (name: string) => findEvidence(feed, name).at <= at + AHEAD_MS;
  const names = Object.keys(feed.windows).filter(isPast);
  if (names.length === Object.keys(feed.windows).length && feed.at <= at + AHEAD_MS) return feed;
  const pick = <Value>(all: Readonly<Record<string, Value>>) =>
    Object.fromEntries(Object.entries(all).filter(([name]) => names.includes(name)));
  const reports = Object.entries(feed.sessions ?? {});
  return {
    ...feed,
    at: Math.min(feed.at, at),
    windows: pick(feed.windows),
    ...feed.seen && { seen: pick(feed.seen) },
    sessions: Object.fromEntries(reports.map(([id, one]) => [id, { ...one, at: Math.min(one.at, at) }])),
  };
}

/** Returns when a window was last known to be true. */
export function findEvidence(session: SessionFeed | undefined, name: string): WindowEvidence {
  return session?.seen?.[name] ?? { at: session?.at ?? 0, session: null };
}

/**
 * Reports whether a figure belongs to a later window than the known one, or is higher within the same one.
 */
function isNewer(
  window: LimitWindow,
  old: LimitWindow,
  seen: WindowEvidence,
  { at, session }: Report,
): boolean {
  if (old.resetsAt === null) {
    if (window.resetsAt !== null) return window.resetsAt > at;
    const isOver = at - seen.at > UNNAMED_MS || session !== null && session === seen.session;
    return window.usedPercent > old.usedPercent || isOver && window.usedPercent !== old.usedPercent;
  }
  // No window is running: that is new once the known one is over.
  if (window.resetsAt === null) return old.resetsAt <= at;
  if (window.resetsAt > old.resetsAt + SAME_RESET_MS) return true;
  if (window.resetsAt < old.resetsAt - SAME_RESET_MS) return false;
  return window.usedPercent > old.usedPercent;
}

function isSameFigure(a: LimitWindow, b: LimitWindow): boolean {
  return a.usedPercent === b.usedPercent && (a.resetsAt === null) === (b.resetsAt === null) &&
    Math.abs((a.resetsAt ?? 0) - (b.resetsAt ?? 0)) <= SAME_RESET_MS;
}

function hasGrown(lastReport: LastReport, { answeredMs }: Report): boolean {
  return lastReport.answeredMs !== null && answeredMs !== null && answeredMs > lastReport.answeredMs;
}

/** Reports whether one of the figures changed; an omitted one says nothing. */
function hasNewerWindows(windows: LimitWindows, before: LimitWindows): boolean {
  return Object.entries(windows).some(([name, window]) => {
    const old = Object.hasOwn(before, name) ? before[name] : undefined;
    return old?.usedPercent !== window.usedPercent || old.resetsAt !== window.resetsAt;
  });
}

export function serializeFeed(feed: Feed, { kind, name }: Slot, session: SessionFeed): string {
  const changed = { ...feed, [kind]: keepNewest({ ...feed[kind], [name]: session }, MAX_SLOTS) };
  const { homes, tokens } = changed;
  return `${JSON.stringify({ schemaVersion: 1, homes, ...Object.keys(tokens).length > 0 && { tokens } })}\n`;
}

function keepNewest<Value extends { readonly at: number }>(
  all: Readonly<Record<string, Value>>,
  max: number,
): Readonly<Record<string, Value>> {
  return Object.fromEntries(Object.entries(all).sort(([, a], [, b]) => b.at - a.at).slice(0, max));
}
