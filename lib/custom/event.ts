/** Parses one line of an event file: a model call that a program recorded. Pure. */
import * as v from "valibot";

/** Maximum length of an event's line. */
export const MAX_LINE = 64 * 1024;
/** Events further in the future come from a wrong clock. */
const AHEAD_MS = 24 * 3_600_000;

const text = v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(200));
const tokens = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(1e12));
const RFC_3339 = /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(?:\.\d+)?(?:[Zz]|[+-]\d\d:\d\d)$/;

const Line = v.object({
  ts: v.pipe(
    v.string(),
    v.regex(RFC_3339),
    v.transform((at) => Date.parse(at.replace(" ", "T"))),
    v.finite(),
    v.minValue(0),
  ),
  integration: text,
  provider: text,
  model: text,
  prompt_tokens: tokens,
  completion_tokens: tokens,
  total_tokens: v.nullish(tokens),
  cost_usd: v.nullish(v.pipe(v.number(), v.finite(), v.minValue(0), v.maxValue(1e9))),
  account: v.nullish(text),
});

export interface CallEvent {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly integration: string;
  readonly provider: string;
  readonly model: string;
  readonly account: string;
  readonly promptTokens: number;
  readonly completionTokens: number;
  readonly totalTokens: number;
  /** Null when not stated. */
  readonly costUsd: number | null;
}

/** Parses a line into an event; null when it is not one. */
export function parseEvent(line: string, now: number): CallEvent | null {
  if (line.length > MAX_LINE) return null;
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return null;
  }
  const { success, output } = v.safeParse(Line, value);
  if (!success || output.ts > now + AHEAD_MS) return null;
  return {
    at: Math.trunc(output.ts),
    integration: output.integration,
    provider: output.provider,
    model: output.model,
    account: output.account ?? "default",
    promptTokens: output.prompt_tokens,
    completionTokens: output.completion_tokens,
    totalTokens: output.total_tokens ?? output.prompt_tokens + output.completion_tokens,
    costUsd: output.cost_usd ?? null,
  };
}
