/** One line of a file of events: a call of a model that some program wrote down. Pure. */
import * as v from "valibot";

/** Longer lines are no events. */
export const MAX_LINE = 64 * 1024;
/** A clock that runs ahead by more than this is wrong. */
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
  /** Null where it is not stated. */
  readonly costUsd: number | null;
}

/** The event, or null for a line that is none. */
export function eventOf(line: string, now: number): CallEvent | null {
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
