/** Formats the status of services as lines: the answer of this program's servers and of other trackers. */
import { plain } from "../../base/text.ts";
import type { Paint } from "../paint.ts";

const NUMBER = new Intl.NumberFormat("en-US", { maximumFractionDigits: 2 });
const MAX_TEXT = 200;

interface Status {
  readonly name: string;
  readonly provider: string;
  readonly isHealthy: boolean;
  readonly lastUpdated: number;
  readonly error: string | null;
  readonly quotas: readonly {
    readonly metric: string;
    readonly used: number;
    readonly limit: number;
    readonly remaining: number;
    readonly resetAt: number;
    readonly unknown: readonly string[];
  }[];
}

/** Returns the statuses of an answer, or null when it has none. */
export function parseStatuses(body: unknown): readonly Status[] | null {
  if (!Array.isArray(body)) return null;
  const all = body.map(statusIn);
  return all.includes(null) ? null : all as readonly Status[];
}

function statusIn(one: unknown): Status | null {
  const { service, quotas, isHealthy, lastUpdated, error } = parseFields(one);
  const { name, provider } = parseFields(service);
  if (typeof name !== "string" || typeof provider !== "string" || !Array.isArray(quotas)) return null;
  return {
    name: plain(name, MAX_TEXT),
    provider: plain(provider, MAX_TEXT),
    isHealthy: isHealthy === true,
    lastUpdated: numberIn(lastUpdated),
    error: typeof error === "string" ? plain(error, MAX_TEXT) : null,
    quotas: quotas.map((quota) => {
      const { metric, used, limit, remaining, resetAt, unknown } = parseFields(quota);
      return {
        metric: plain(String(metric), MAX_TEXT),
        used: numberIn(used),
        limit: numberIn(limit),
        remaining: numberIn(remaining),
        resetAt: numberIn(resetAt),
        unknown: Array.isArray(unknown) ? unknown.map(String) : [],
      };
    }),
  };
}

function parseFields(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? value as Record<string, unknown> : {};
}

function numberIn(value: unknown): number {
  return typeof value === "number" && Number.isFinite(value) ? value : 0;
}

export function serviceLines(statuses: readonly Status[], paint: Paint): readonly string[] {
  if (statuses.length === 0) return ["No services found."];
  return statuses.flatMap(({ name, provider, isHealthy, lastUpdated, error, quotas }) => [
    `${paint.bold(`${name} (${provider})`)} - ${
      isHealthy ? paint.green("ok") : paint.red("error")
    } - updated ${formatInstant(lastUpdated)}`,
    ...error === null ? [] : [`  error: ${error}`],
    ...quotas.length === 0 ? ["  (no quotas)"] : [],
    ...quotas.map(({ metric, used, limit, remaining, resetAt, unknown }) => {
      const formatCount = (word: string, value: number) =>
        unknown.includes(word) ? "unknown" : NUMBER.format(value);
      const reset = resetAt > 0 ? ` reset ${formatInstant(resetAt)}` : "";
      return `  ${metric}: used ${formatCount("used", used)} / ${formatCount("limit", limit)} (remaining ${
        formatCount("remaining", remaining)
      })${reset}`;
    }),
  ]);
}

/** @param seconds unix seconds, from a server that may send anything */
function formatInstant(seconds: number): string {
  const ms = seconds * 1000;
  return ms > 0 && ms < 8.64e15 ? new Date(ms).toISOString() : "unknown";
}
