/**
 * Fills a webhook's body as its receiver wants it: JSON with places such as `{{title}}` in its texts. Places are
 * filled after the JSON was parsed, so that no name can change its structure.
 */
import type { Message } from "./channel.ts";
import { plainText } from "./escape.ts";
import { webhookBody } from "./webhook_body.ts";

const PLACES = [
  "title",
  "message",
  "details",
  "severity",
  "event",
  "kind",
  "provider",
  "account_id",
  "quota_key",
  "utilization",
  "limit",
  "threshold",
  "reset_at",
  "timestamp",
  "id",
] as const;
const PLACE = /\{\{\s*([^{}]*?)\s*\}\}/g;
const MAX_DEPTH = 20;

/** Returns what is wrong with a template, or null. */
export function templateProblem(text: string): string | null {
  const template = parseJson(text);
  if (template === undefined) return "template is not valid JSON";
  if (measureDepth(template) > MAX_DEPTH) return `template is nested deeper than ${MAX_DEPTH} levels`;
  const stranger = [...text.matchAll(PLACE)].map((one) => one[1] ?? "").find((name) => !isPlace(name));
  return stranger === undefined
    ? null
    : `template has an unknown placeholder {{${stranger.slice(0, 30)}}}; known are ${PLACES.join(", ")}`;
}

/** Fills a template in. A text that is a place alone becomes its value: a number stays one, and unknown is null. */
export function fillTemplate(text: string, message: Message): string {
  const [first] = message.alerts;
  const values: Readonly<Record<string, unknown>> = {
    ...webhookBody(message),
    details: first?.details ?? "",
    severity: message.severity,
    kind: first?.kind ?? null,
  };
  const fill = (part: unknown): unknown => {
    if (typeof part === "string") {
      const [whole, name] = /^\{\{\s*([^{}]*?)\s*\}\}$/.exec(part) ?? [];
      if (whole !== undefined) return clean(values[name!] ?? null);
      return part.replace(PLACE, (_, name: string) => String(clean(values[name] ?? "")));
    }
    if (Array.isArray(part)) return part.map(fill);
    if (typeof part !== "object" || part === null) return part;
    return Object.fromEntries(Object.entries(part).map(([name, value]) => [name, fill(value)]));
  };
  return JSON.stringify(fill(parseJson(text)));
}

function clean(value: unknown): unknown {
  return typeof value === "string" ? plainText(value) : value;
}

function isPlace(name: string): boolean {
  return PLACES.some((place) => place === name);
}

function measureDepth(part: unknown): number {
  return typeof part === "object" && part !== null
    ? 1 + Math.max(0, ...Object.values(part).map((one) => measureDepth(one)))
    : 0;
}

/** Returns undefined for invalid JSON. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
