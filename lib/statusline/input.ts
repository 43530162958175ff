/**
 * The input Claude Code passes to a status line on stdin, as far as needed here. Any field may be missing or
 * of another type: then it is left out, and is never an error.
 *
 * This room imports nothing outside itself and loads without the rest of
 * the program: a status line starts several times a second.
 */

/** One limit: the used share and its reset. */
export interface LimitWindow {
  /** 0 to 100, or more. */
  readonly usedPercent: number;
  /** Epoch milliseconds, or null before the window has begun. */
  readonly resetsAt: number | null;
}

/** By the tool's own names: `five_hour`, `seven_day`. */
export type LimitWindows = Readonly<Record<string, LimitWindow>>;

export interface StatusInput {
  readonly model: string | null;
  readonly folder: string | null;
  /** Empty before a session's first response, and for users billed by usage. */
  readonly windows: LimitWindows;
  /** The session that sends this, or null when not stated. */
  readonly session: string | null;
  /** The session's total wait for responses so far, in milliseconds: when it grows, there was a response. */
  readonly answeredMs: number | null;
}

const NOTHING: StatusInput = { model: null, folder: null, windows: {}, session: null, answeredMs: null };
/** 2000-01-01 and 2100-01-01 in seconds: other numbers are not instants. */
const MIN_INSTANT_SECONDS = 946_684_800;
const MAX_INSTANT_SECONDS = 4_102_444_800;
const NAME = /^[a-z][a-z0-9_]{0,40}$/;
const SESSION = /^[\w.:-]{1,80}$/;
const MAX_WINDOWS = 12;

export function statusInput(text: string): StatusInput {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return NOTHING;
  }
  return {
    model: textIn(readMember(readMember(value, "model"), "display_name")),
    folder: textIn(readMember(readMember(value, "workspace"), "current_dir")) ??
      textIn(readMember(value, "cwd")),
    windows: windowsIn(readMember(value, "rate_limits")),
    session: sessionIn(readMember(value, "session_id")),
    answeredMs: durationIn(readMember(readMember(value, "cost"), "total_api_duration_ms")),
  };
}

function sessionIn(value: unknown): string | null {
  return typeof value === "string" && SESSION.test(value) ? value : null;
}

function durationIn(value: unknown): number | null {
  return typeof value === "number" && Number.isFinite(value) && value >= 0 ? value : null;
}

function windowsIn(limits: unknown): LimitWindows {
  if (typeof limits !== "object" || limits === null) return {};
  const windows: [string, LimitWindow][] = [];
  for (const [name, limit] of Object.entries(limits).slice(0, MAX_WINDOWS)) {
    const usedPercent = readMember(limit, "used_percentage");
    if (!NAME.test(name) || typeof usedPercent !== "number" || !(usedPercent >= 0 && usedPercent <= 1000)) {
      continue;
    }
    const resets = readMember(limit, "resets_at");
    const isInstant = typeof resets === "number" && resets >= MIN_INSTANT_SECONDS &&
      resets < MAX_INSTANT_SECONDS;
    windows.push([name, { usedPercent, resetsAt: isInstant ? Math.trunc(resets * 1000) : null }]);
  }
  return Object.fromEntries(windows);
}

function readMember(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null && Object.hasOwn(value, name)
    ? Reflect.get(value, name)
    : undefined;
}

function textIn(value: unknown): string | null {
  if (typeof value !== "string") return null;
  // deno-lint-ignore no-control-regex -- names come from outside and go to a terminal
  const plain = value.replace(/[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2066-\u2069]/g, "")
    .trim();
  return plain === "" ? null : plain.slice(0, 200);
}
