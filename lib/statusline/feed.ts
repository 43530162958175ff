/**
 * The file in which status lines leave the limits they were handed, for whoever polls: by folder of the
 * tool, since somebody may work with several logins, and by token for sessions that were started with one.
 *
 * Several sessions paint in turn, and one that rests repaints what it was told an hour ago. So what counts of a
 * window is the latest reset and the highest figure before it, whoever says it and in whichever order: inside one
 * window use cannot fall. A figure is as old as the last sign that it is true, which painting it again is not.
 */
import type { LimitWindow, LimitWindows } from "./input.ts";

export interface SessionFeed {
  /** When the newest of them was known to be true, epoch milliseconds. */
  readonly at: number;
  /** The beginning of the SHA-256 of the token they belong to, or null where the tool's file held none. */
  readonly credential: string | null;
  readonly windows: LimitWindows;
  /** By window: when it was last known to be true, and by which session. Absent: all at `at`. */
  readonly seen?: Readonly<Record<string, SeenWindow>>;
  /** What each session handed over last. */
  readonly sessions?: Readonly<Record<string, Said>>;
}

export interface SeenWindow {
  readonly at: number;
  readonly session: string | null;
}

/** What a session handed over last, so that it is known again when it only repeats itself. */
export interface Said {
  readonly at: number;
  readonly credential: string | null;
  readonly answeredMs: number | null;
  readonly windows: LimitWindows;
}

/** What a session hands over now. */
export interface Report {
  readonly at: number;
  readonly credential: string | null;
  readonly windows: LimitWindows;
  readonly session: string | null;
  readonly answeredMs: number | null;
}

export interface Feed {
  /** By the folder of the tool as its variable has it; empty for the usual one. */
  readonly homes: Readonly<Record<string, SessionFeed>>;
  /** Of sessions that were started with a token of their own, by the beginning of its SHA-256. */
  readonly tokens: Readonly<Record<string, SessionFeed>>;
}

/** Where in the feed something stands. */
export interface Slot {
  readonly kind: keyof Feed;
  readonly name: string;
}

const MAX_SLOTS = 20;
const MAX_SESSIONS = 24;
/** That the same figures are still true is noted again after so long. */
export const AGAIN_MS = 60_000;
/** Resets that differ by no more than this are of one window. */
const SAME_RESET_MS = 10 * 60_000;
/** A window that names no reset is over after so long without a sign of it. */
const UNNAMED_MS = 5 * 3_600_000;

/** What stands in the file; nothing for a file that is broken. */
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
  return Object.fromEntries(Object.entries(value).filter(([, fed]) => isFed(fed)));
}

function isFed(value: unknown): value is SessionFeed {
  const { at, credential, windows, seen, sessions } = { ...value as Partial<SessionFeed> };
  return isInstant(at) && isTextOrNull(credential) && isWindows(windows) &&
    (seen === undefined ||
      isRecordOf<SeenWindow>(seen, (one) => isInstant(one.at) && isTextOrNull(one.session))) &&
    (sessions === undefined || isRecordOf<Said>(sessions, isSaid));
}

function isSaid(value: Partial<Said>): boolean {
  const { at, credential, answeredMs, windows } = value;
  return isInstant(at) && isTextOrNull(credential) && isWindows(windows) &&
    (answeredMs === null || typeof answeredMs === "number");
}

function isWindows(value: unknown): value is LimitWindows {
  return isRecordOf<LimitWindow>(value, ({ usedPercent, resetsAt }) => {
    return typeof usedPercent === "number" && (resetsAt === null || typeof resetsAt === "number");
  });
}

function isRecordOf<Value>(value: unknown, isOne: (one: Partial<Value>) => boolean): boolean {
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

/** What is known after a report, or `before` itself where the report brings nothing new. */
export function withReport(before: SessionFeed | undefined, report: Report): SessionFeed | undefined {
  const { at, credential, session } = report;
  if (Object.keys(report.windows).length === 0) return before;
  const said = session === null ? undefined : before?.sessions?.[session];
  const isAnswered = said !== undefined &&
    (hasGrown(said, report) || hasNewerWindows(report.windows, said.windows));
  // It repeats itself: that says nothing of now, and belongs to the login under which it said it first.
  if (said && !isAnswered) return before;
  // Figures of one login say nothing of another's; which sessions said what is kept to know them again.
  const known = before?.credential === credential ? before : undefined;
  const windows: Record<string, LimitWindow> = { ...known?.windows };
  const seen: Record<string, SeenWindow> = {};
  for (const name of Object.keys(windows)) seen[name] = seenWindows(known, name);
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
    sessions: session === null ? before?.sessions ?? {} : newest({
      ...before?.sessions,
      [session]: { at, credential, answeredMs: report.answeredMs, windows: report.windows },
    }, MAX_SESSIONS),
  };
}

/** When a window was last known to be true. */
export function seenWindows(fed: SessionFeed | undefined, name: string): SeenWindow {
  return fed?.seen?.[name] ?? { at: fed?.at ?? 0, session: null };
}

/** Whether a figure is of a later window than what is known, or higher in the same one. */
function isNewer(window: LimitWindow, old: LimitWindow, seen: SeenWindow, { at, session }: Report): boolean {
  if (old.resetsAt === null) {
    if (window.resetsAt !== null) return window.resetsAt > at;
    const isOver = at - seen.at > UNNAMED_MS || session !== null && session === seen.session;
    return window.usedPercent > old.usedPercent || isOver && window.usedPercent !== old.usedPercent;
  }
  // No window runs: that is news once the one that is known is over.
  if (window.resetsAt === null) return old.resetsAt <= at;
  if (window.resetsAt > old.resetsAt + SAME_RESET_MS) return true;
  if (window.resetsAt < old.resetsAt - SAME_RESET_MS) return false;
  return window.usedPercent > old.usedPercent;
}

function isSameFigure(a: LimitWindow, b: LimitWindow): boolean {
  return a.usedPercent === b.usedPercent && (a.resetsAt === null) === (b.resetsAt === null) &&
    Math.abs((a.resetsAt ?? 0) - (b.resetsAt ?? 0)) <= SAME_RESET_MS;
}

function hasGrown(said: Said, { answeredMs }: Report): boolean {
  return said.answeredMs !== null && answeredMs !== null && answeredMs > said.answeredMs;
}

/** Whether one of the figures is another than before; that one of them is left out says nothing. */
function hasNewerWindows(windows: LimitWindows, before: LimitWindows): boolean {
  return Object.entries(windows).some(([name, window]) => {
    const old = Object.hasOwn(before, name) ? before[name] : undefined;
    return old?.usedPercent !== window.usedPercent || old.resetsAt !== window.resetsAt;
  });
}

export function serializeFeed(feed: Feed, { kind, name }: Slot, fed: SessionFeed): string {
  const changed = { ...feed, [kind]: newest({ ...feed[kind], [name]: fed }, MAX_SLOTS) };
  const { homes, tokens } = changed;
  return `${JSON.stringify({ schemaVersion: 1, homes, ...Object.keys(tokens).length > 0 && { tokens } })}\n`;
}

function newest<Value extends { readonly at: number }>(
  all: Readonly<Record<string, Value>>,
  most: number,
): Readonly<Record<string, Value>> {
  return Object.fromEntries(Object.entries(all).sort(([, a], [, b]) => b.at - a.at).slice(0, most));
}
