/**
 * Z.ai, the GLM Coding Plan, also at bigmodel.cn: one call gives a list of rows, told apart
 * by type and duration, never by their order. Failures mostly come with status 200 and a
 * code in the body.
 */
import * as v from "valibot";
import { type Asking, Secret } from "../lib/asking.ts";
import {
  amountOrNull,
  badResponse,
  camelNames,
  instantOrNull,
  isRecord,
  lenientNumber,
  limitOrNull,
  member,
  orNull,
  restOf,
  tidy,
} from "../lib/decode.ts";
import type { Part, Reading, Unit, Window } from "../lib/model/quota.ts";
import { type Account, type Answer, type Provider, ProviderError } from "../lib/provider.ts";
import { type Party, rateLimited, refused, requestJson, retryAt, unavailable } from "../lib/request_json.ts";

type Region = "global" | "cn";

const HOST: Readonly<Record<Region, string>> = { global: "api.z.ai", cn: "open.bigmodel.cn" };
const DEFAULT_PATH = "/api";
const QUOTA_PATH = "/monitor/usage/quota/limit";

/** Variables a key is found in, the most common first, with the region a key of that name belongs to. */
const KEYS: readonly (readonly [name: string, region: Region, help: string])[] = [
  ["ZAI_API_KEY", "global", "API key of the GLM Coding Plan at z.ai"],
  ["Z_AI_API_KEY", "global", "The same under another name"],
  ["BIGMODEL_API_KEY", "cn", "API key of bigmodel.cn"],
  ["ZHIPU_API_KEY", "cn", "The same under another name"],
  ["ZHIPUAI_API_KEY", "cn", "The same under another name"],
  ["GLM_API_KEY", "cn", "The same under another name"],
];

export const zai: Provider = {
  id: "zai",
  name: "Z.ai",
  hosts: [HOST.global, HOST.cn],
  official: false,
  settings: [
    ...KEYS.map(([name, , help]) => ({ name, secret: true, help })),
    { name: "ZAI_REGION", secret: false, help: "global or cn; without it the key's name decides" },
    { name: "ZAI_BASE_URL", secret: false, help: "Base URL with its path, https://api.z.ai/api by default" },
    { name: "Z_AI_BIGMODEL_ORGANIZATION", secret: false, help: "Organization of a team plan at bigmodel.cn" },
    { name: "Z_AI_BIGMODEL_PROJECT", secret: false, help: "Project of a team plan at bigmodel.cn" },
  ],
  baseUrlNames: ["ZAI_BASE_URL"],
  everyMs: 10_000,

  // deno-lint-ignore require-await -- a broken setting is to be a rejection, never a throw
  async accounts(ask) {
    const key = keyOf(ask);
    if (!key) return [];
    regionOf(ask, key.region);
    return [{ name: "default", source: key.source, secret: new Secret(key.value) }];
  },

  async read(ask, account): Promise<Answer> {
    const party: Party = { vendor: "Z.ai", account };
    const key = account.secret.reveal();
    try {
      return answerOf(ask, account, await envelope(ask, party, `Bearer ${key}`));
    } catch (error) {
      // Some accounts take the key only without the word in front of it.
      if (!(error instanceof Error) || member(error, "kind") !== "auth") throw error;
      return answerOf(ask, account, await envelope(ask, party, key));
    }
  },
};

function keyOf(ask: Asking) {
  for (const [name, region] of KEYS) {
    const found = ask.find(name);
    if (found) return { ...found, region };
  }
  return undefined;
}

/** A key is sent to its own region only, unless the region is set. */
function regionOf(ask: Asking, ofKey: Region): Region {
  const text = ask.env("ZAI_REGION")?.toLowerCase();
  if (text === undefined) return ofKey;
  if (text === "global" || text === "cn") return text;
  throw new ProviderError("missing", "ZAI_REGION names an unknown region", {
    hint: "Set it to global or cn",
  });
}

function quotaUrl(ask: Asking, account: Account): URL {
  const key = keyOf(ask);
  const ofKey = key && key.value === account.secret.reveal() ? key.region : "global";
  const url = new URL(`https://${HOST[regionOf(ask, ofKey)]}${basePath(ask)}${QUOTA_PATH}`);
  if (isTeam(ask)) url.searchParams.set("type", "2");
  return url;
}

/** The path of `ZAI_BASE_URL`; its origin is put in place by the world. */
function basePath(ask: Asking): string {
  const text = ask.env("SYNTRACK_ZAI_BASE_URL") === undefined ? ask.env("ZAI_BASE_URL") : undefined;
  if (text === undefined || !URL.canParse(text)) return DEFAULT_PATH;
  const path = new URL(text).pathname.replace(/\/+$/, "");
  // The bases for calling models lie beside the one for asking about quotas.
  if (/^\/api\/(?:anthropic|(?:coding\/)?paas\/v\d+)(?:\/.*)?$/.test(path)) return DEFAULT_PATH;
  return path === "" ? DEFAULT_PATH : path;
}

function isTeam(ask: Asking): boolean {
  return ask.env("Z_AI_BIGMODEL_ORGANIZATION") !== undefined ||
    ask.env("Z_AI_BIGMODEL_PROJECT") !== undefined;
}

/** The `data` of the answer, when its code says that all is well. */
async function envelope(ask: Asking, party: Party, authorization: string): Promise<unknown> {
  const organization = ask.env("Z_AI_BIGMODEL_ORGANIZATION");
  const project = ask.env("Z_AI_BIGMODEL_PROJECT");
  const headers = {
    authorization,
    "accept-language": "en-US,en",
    ...organization ? { "bigmodel-organization": organization } : {},
    ...project ? { "bigmodel-project": project } : {},
  };
  const answer = await requestJson(ask, party, quotaUrl(ask, party.account), { headers });
  const body = camelNames(answer.body);
  const data = member(body, "data");
  const code = codeOf(body);
  if (code === 401 || code === 403 || (code !== null && code >= 1000 && code <= 1004)) {
    throw refused(party, `code ${code}`);
  }
  if (code === 429 || code === 1302 || code === 1303 || code === 1305) {
    throw rateLimited(party, retryAt(answer.headers, ask.now()));
  }
  if (code !== null && code >= 500 && code <= 599) throw unavailable(party, `it answered with code ${code}`);
  if (code !== 200) throw badResponse("Z.ai answered with an unknown code", answer.body);
  if (!isRecord(data)) throw badResponse("Z.ai answered without data", answer.body);
  return data;
}

/** The code of the envelope. Without one, an envelope that does not say it failed is taken at its word. */
function codeOf(body: unknown): number | null {
  const code = member(body, "code");
  if (code === undefined) {
    return member(body, "success") === false ? null : isRecord(member(body, "data")) ? 200 : null;
  }
  const result = v.safeParse(lenientNumber, code);
  return result.success ? result.output : null;
}

function answerOf(ask: Asking, account: Account, data: unknown): Answer {
  const limits = limitsOf(data);
  if (!Array.isArray(limits)) throw badResponse("Z.ai answered with limits that are no list", data);
  const rows = limits.flatMap((item) => rowOf(item) ?? []);
  if (rows.length < limits.length) {
    ask.log.warn("Rows of the answer were not understood", {
      account: account.name,
      rows: limits.length - rows.length,
    });
    if (rows.length === 0) throw badResponse("Z.ai answered with no row that is known", data);
  }
  if (limits.length === 0) {
    ask.log.warn("No quotas: without a plan, or a team key without its organization and project", {
      account: account.name,
    });
  }
  const plan = planOf(data);
  const readings = readingsOf(rows);
  return plan === undefined ? { readings } : { readings, plan };
}

/** The list of rows, also under a name that is new; a plan without quotas has none. */
function limitsOf(data: unknown): unknown {
  const limits = member(data, "limits");
  if (limits !== undefined && limits !== null) return limits;
  const lists = isRecord(data)
    ? Object.values(data).filter((one) => Array.isArray(one) && one.length > 0)
    : [];
  return lists.find((list) => Array.isArray(list) && list.some(rowOf)) ?? lists[0] ?? [];
}

function planOf(data: unknown): string | undefined {
  for (const name of ["level", "planName", "plan", "planType", "packageName"]) {
    const value = member(data, name);
    if (typeof value === "string" && value.trim() !== "") return value.trim();
  }
  return undefined;
}

const Row = v.object({
  type: v.string(),
  unit: orNull(lenientNumber),
  number: orNull(lenientNumber),
  // The vendor's name for the limit.
  usage: limitOrNull,
  currentValue: amountOrNull,
  remaining: amountOrNull,
  percentage: amountOrNull,
  nextResetTime: instantOrNull,
  usageDetails: v.fallback(v.array(v.unknown()), []),
});

type Row = v.InferOutput<typeof Row>;

function rowOf(item: unknown): Row | undefined {
  const result = v.safeParse(Row, item);
  return result.success ? result.output : undefined;
}

/** Credits came after tokens: where both have a row for one window, credits are the ones that count. */
const TYPE_ORDER = ["CREDIT_LIMIT", "TOKENS_LIMIT"];
const QUOTA_ORDER = ["five-hour", "weekly"];

/**
 * One reading for each row that is part of the plan. Where two rows claim one quota, the second
 * takes the name made of its type and duration; a row that repeats even that is left out.
 */
function readingsOf(rows: readonly Row[]): readonly Reading[] {
  const ordered = rows.toSorted((a, b) => rank(TYPE_ORDER, a.type) - rank(TYPE_ORDER, b.type));
  const readings = new Map<string, Reading>();
  for (const row of ordered) {
    const reading = readingOf(row);
    if (!reading) continue;
    const quota = [reading.quota, plainKey(row)].find((one) => !readings.has(one));
    if (quota !== undefined) {
      readings.set(quota, quota === reading.quota ? reading : { ...reading, quota, label: plainLabel(row) });
    }
  }
  return [...readings.values()].toSorted((a, b) => rank(QUOTA_ORDER, a.quota) - rank(QUOTA_ORDER, b.quota));
}

function rank(order: readonly string[], one: string): number {
  const index = order.indexOf(one);
  return index < 0 ? order.length : index;
}

function readingOf(row: Row): Reading | undefined {
  const { usage, currentValue, percentage } = row;
  if (usage === 0 && !currentValue && !percentage) return undefined;
  const parts = partsOf(row);
  return {
    ...nameOf(row),
    ...figuresOf(row),
    resetsAt: row.nextResetTime,
    ...parts.length > 0 ? { parts } : {},
  };
}

function nameOf(row: Row): Pick<Reading, "quota" | "label" | "window"> {
  if (isMonthlyTools(row)) {
    return {
      quota: "tool-calls",
      label: "Tool calls (monthly)",
      window: { kind: "calendar", seconds: null },
    };
  }
  const seconds = secondsOf(row);
  const window: Window = seconds === null ? { kind: "calendar", seconds } : { kind: "fixed", seconds };
  if (TYPE_ORDER.includes(row.type)) {
    if (seconds === 5 * 3600) return { quota: "five-hour", label: "5-hour quota", window };
    if (seconds === 7 * 86_400) return { quota: "weekly", label: "Weekly quota", window };
  }
  return { quota: plainKey(row), label: plainLabel(row), window };
}

function isMonthlyTools({ type, unit, number }: Row): boolean {
  return (type === "TIME_LIMIT" || type === "MCP_LIMIT") && unit === 5 && number === 1;
}

/** Seconds of the vendor's units: day, hour, minute, week. */
const UNIT_SECONDS: Readonly<Record<number, number>> = { 1: 86_400, 3: 3600, 5: 60, 6: 604_800 };

function secondsOf({ unit, number }: Row): number | null {
  const one = unit === null ? undefined : UNIT_SECONDS[unit];
  return one === undefined || number === null || !Number.isSafeInteger(one * number) || number < 1
    ? null
    : one * number;
}

/** `tokens-86400s`: what a row is called that has no better name. */
function plainKey(row: Row): string {
  const type = row.type.replace(/_LIMIT$/i, "").toLowerCase().replace(/[^a-z0-9]+/g, "-").slice(0, 40)
    .replace(/^-+|-+$/g, "");
  const seconds = isMonthlyTools(row) ? null : secondsOf(row);
  return `${type || "other"}${seconds === null ? "" : `-${seconds}s`}`;
}

function plainLabel(row: Row): string {
  const seconds = isMonthlyTools(row) ? null : secondsOf(row);
  const type = row.type.trim().slice(0, 80) || "Other";
  return seconds === null ? type : `${type} (${tidy(seconds / 3600)} h)`;
}

const COUNTED_IN: Readonly<Record<string, Unit>> = {
  TOKENS_LIMIT: "tokens",
  CREDIT_LIMIT: "credits",
  TIME_LIMIT: "requests",
  MCP_LIMIT: "requests",
};

/** Counts where the row has them, else the vendor's percentage, which is rounded down. */
function figuresOf(row: Row): Pick<Reading, "unit" | "used" | "limit" | "remaining"> {
  const { usage: limit, percentage } = row;
  const used = row.currentValue ?? restOf(limit, row.remaining);
  if (limit === null || used === null || (limit === 0 && used === 0)) {
    const known = percentage === null ? null : 100;
    return { unit: "percent", used: percentage, limit: known, remaining: restOf(known, percentage) };
  }
  const unit = Object.hasOwn(COUNTED_IN, row.type) ? COUNTED_IN[row.type] : undefined;
  if (unit) return { unit, used, limit, remaining: row.remaining ?? restOf(limit, used) };
  // What an unknown type counts is not known, but its share of the limit is.
  const share = limit > 0 ? tidy(Math.min(used / limit, 1e9) * 100) : 100;
  return { unit: "percent", used: share, limit: 100, remaining: restOf(100, share) };
}

const Detail = v.object({ modelCode: v.string(), usage: lenientNumber });

/** What each tool used; here `usage` does mean use. */
function partsOf(row: Row): readonly Part[] {
  const sums = new Map<string, number>();
  for (const item of row.usageDetails) {
    const { success, output } = v.safeParse(Detail, item);
    if (!success) continue;
    const name = output.modelCode.slice(0, 80);
    sums.set(name, (sums.get(name) ?? 0) + Math.max(0, output.usage));
  }
  return [...sums].map(([name, used]) => ({ name, used }));
}
