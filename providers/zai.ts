/**
 * Z.ai, the GLM Coding Plan, also at bigmodel.cn: one call returns a list of rows, identified by type and
 * duration, never by order. Most failures have status 200 and a code in the body.
 */
import * as v from "valibot";
import { type ProviderContext, Secret } from "../lib/provider/context.ts";
import {
  badResponseError,
  camelNames,
  isRecord,
  type KnownMembers,
  lenientNumber,
  member,
  unknownFigures,
} from "../lib/provider_kit/decode.ts";
import { firstSetting } from "../lib/provider_kit/login_file.ts";
import { type Account, type Answer, type Provider, ProviderError } from "../lib/provider/contract.ts";
import { createAnswer, createGathering } from "../lib/provider_kit/readings.ts";
import {
  rateLimitedError,
  refusedError,
  requestJson,
  type RequestTarget,
  retryAt,
  unavailableError,
} from "../lib/provider_kit/request_json.ts";
import { gatherRows, hasFigure, KNOWN_ROW, parseRow } from "./zai/rows.ts";
import { findKey, KEY_PLACES, KEY_SETTINGS, type Region, remedyFor } from "./zai/keys.ts";

const HOST: Readonly<Record<Region, string>> = { global: "api.z.ai", cn: "open.bigmodel.cn" };
const DEFAULT_PATH = "/api";
const QUOTA_PATH = "/monitor/usage/quota/limit";
const BASE_URL_NAMES = ["ZAI_BASE_URL", "Z_AI_QUOTA_URL", "Z_AI_API_HOST"];

export const zai: Provider = {
  id: "zai",
  name: "Z.ai",
  aliases: ["glm", "zhipu"],
  hosts: [HOST.global, HOST.cn],
  official: false,
  vendor: {
    letters: "Z",
    colour: "#1f5fd6",
    usage: "https://z.ai/manage-apikey/coding-plan/personal/my-plan",
  },
  pools: [
    { counts: "use", quotas: ["monthly", "weekly", "five-hour", "tokens-*", "credit-*", "tokens", "credit"] },
    { counts: "use", quotas: ["tool-calls"] },
    { counts: "use", quotas: ["<type>-#s", "<type>"] },
  ],
  places: KEY_PLACES,
  settings: [
    ...KEY_SETTINGS,
    { name: "ZAI_REGION", secret: false, help: "global or cn; without it the key's name decides" },
    { name: "ZAI_BASE_URL", secret: false, help: "Base URL with its path, https://api.z.ai/api by default" },
    { name: "Z_AI_QUOTA_URL", secret: false, help: "The full URL to query, instead of the usual one" },
    {
      name: "Z_AI_API_HOST",
      secret: false,
      help: "URL or name of the host to ask, instead of the usual one",
    },
    { name: "Z_AI_BIGMODEL_ORGANIZATION", secret: false, help: "Organization of a team plan at bigmodel.cn" },
    { name: "Z_AI_BIGMODEL_PROJECT", secret: false, help: "Project of a team plan at bigmodel.cn" },
  ],
  baseUrlNames: BASE_URL_NAMES,
  everyMs: 10_000,

  async accounts(ctx) {
    const key = await findKey(ctx);
    if (!key) return [];
    const { value, source } = key;
    return [{
      name: "default",
      source,
      secret: new Secret(value),
      facts: { region: chooseRegion(ctx, key.region) },
      remedy: remedyFor(key),
    }];
  },

  async read(ctx, account): Promise<Answer> {
    const party: RequestTarget = { vendor: "Z.ai", account };
    const key = account.secret.reveal();
    try {
      return quotaAnswer(ctx, await fetchData(ctx, party, `Bearer ${key}`));
    } catch (error) {
      // Some accounts accept the key only without `Bearer`.
      if (!(error instanceof Error) || member(error, "kind") !== "auth") throw error;
      return quotaAnswer(ctx, await fetchData(ctx, party, key));
    }
  },
};

/** Returns the region of a key, which goes to no other unless the region is set. */
function chooseRegion(ctx: ProviderContext, ofKey: Region): Region {
  const text = ctx.env("ZAI_REGION")?.toLowerCase();
  if (text === undefined) return ofKey;
  if (text === "global" || text === "cn") return text;
  throw new ProviderError("missing", "ZAI_REGION names an unknown region", {
    hint: "Set it to global or cn",
  });
}

function quotaUrl(ctx: ProviderContext, { facts }: Account): URL {
  const host = HOST[facts?.region === "cn" ? "cn" : "global"];
  const own = ownUrl(ctx);
  const url = own?.name === "Z_AI_QUOTA_URL"
    ? new URL(`https://${host}${own.url.pathname}${own.url.search}`)
    : new URL(`https://${host}${basePath(own?.url)}${QUOTA_PATH}`);
  if (isTeam(ctx)) url.searchParams.set("type", "2");
  return url;
}

interface OwnUrl {
  readonly name: string;
  readonly url: URL;
}

/**
 * Returns the URL that replaces the default one, if it has a
 * path to keep; the sandbox substitutes its origin.
 */
function ownUrl(ctx: ProviderContext): OwnUrl | undefined {
  if (ctx.env("SYNTRACK_ZAI_BASE_URL") !== undefined) return undefined;
  const found = firstSetting(ctx, BASE_URL_NAMES);
  if (!found || !URL.canParse(found.value)) return undefined;
  return { name: found.name, url: new URL(found.value) };
}

function basePath(own: URL | undefined): string {
  const path = (own?.pathname ?? "").replace(/\/+$/, "");
  // The base URLs for model calls are beside the one for quotas.
  if (/^\/api\/(?:anthropic|(?:coding\/)?paas\/v\d+)(?:\/.*)?$/.test(path)) return DEFAULT_PATH;
  return path === "" ? DEFAULT_PATH : path;
}

function isTeam(ctx: ProviderContext): boolean {
  return ctx.env("Z_AI_BIGMODEL_ORGANIZATION") !== undefined ||
    ctx.env("Z_AI_BIGMODEL_PROJECT") !== undefined;
}

/** Returns the response's `data`, if its code reports success. */
async function fetchData(
  ctx: ProviderContext,
  party: RequestTarget,
  authorization: string,
): Promise<unknown> {
  const organization = ctx.env("Z_AI_BIGMODEL_ORGANIZATION");
  const project = ctx.env("Z_AI_BIGMODEL_PROJECT");
  const headers = {
    authorization,
    "accept-language": "en-US,en",
    ...organization ? { "bigmodel-organization": organization } : {},
    ...project ? { "bigmodel-project": project } : {},
  };
  const answer = await requestJson(ctx, party, quotaUrl(ctx, party.account), { headers });
  const body = camelNames(answer.body);
  const data = member(body, "data");
  const code = parseCode(body);
  if (code === 401 || code === 403 || (code !== null && code >= 1000 && code <= 1004)) {
    throw refusedError(party, `code ${code}`);
  }
  if (code === 429 || code === 1302 || code === 1303 || code === 1305) {
    throw rateLimitedError(party, retryAt(answer.headers, ctx.now()));
  }
  if (code !== null && code >= 500 && code <= 599) {
    throw unavailableError(party, `it answered with code ${code}`);
  }
  if (code !== 200) throw badResponseError("Z.ai answered with an unknown code", answer.body);
  if (!isRecord(data)) throw badResponseError("Z.ai answered without data", answer.body);
  return data;
}

/** Returns the envelope's code. Without one, an envelope that reports no failure counts as a success. */
function parseCode(body: unknown): number | null {
  const code = member(body, "code");
  if (code === undefined) {
    return member(body, "success") === false ? null : isRecord(member(body, "data")) ? 200 : null;
  }
  const result = v.safeParse(lenientNumber, code);
  return result.success ? result.output : null;
}

const PLAN_NAMES = ["level", "planName", "plan", "planType", "packageName"];

function quotaAnswer(ctx: ProviderContext, data: unknown): Answer {
  const [list, limits] = parseLimits(data);
  if (!Array.isArray(limits)) throw badResponseError("Z.ai answered with limits that are not a list", data);
  const rows = limits.flatMap((item) => parseRow(item) ?? []);
  if (limits.length > 0 && !rows.some(hasFigure)) {
    throw badResponseError("Z.ai answered without any known row", data);
  }
  const gathering = createGathering(ctx.now());
  const known: KnownMembers = Object.fromEntries(PLAN_NAMES.map((name) => [name, true]));
  for (const { what, why } of unknownFigures(data, { ...known, [list]: true })) gathering.drop(what, why);
  for (const { what, why } of unknownFigures({ [list]: limits.filter(isRecord) }, { [list]: KNOWN_ROW })) {
    gathering.drop(what, why);
  }
  for (const [index, item] of limits.entries()) {
    const row = parseRow(item);
    if (row === undefined) gathering.drop(`limits[${index}]`, "not understood");
    else if (!hasFigure(row)) gathering.drop(`limits[${index}] ${row.type.slice(0, 60)}`, "no figure");
  }
  const readings = gatherRows(rows, ctx.now(), gathering);
  const plan = parsePlan(data);
  return createAnswer("Z.ai", data, { readings, dropped: gathering.dropped }, {
    ...plan === undefined ? {} : { plan },
    ...limits.length > 0 ? {} : { hint: emptyHint(ctx, plan) },
  });
}

/** Explains a response without limits: the key is not at fault, and there is nothing to wait for. */
function emptyHint(ctx: ProviderContext, plan: string | undefined): string {
  const what = plan === undefined
    ? "Z.ai names no plan and no limits for this key"
    : "Z.ai names no limits for this key";
  if (isTeam(ctx)) return `${what}: those of a team plan may only be shown to a login at bigmodel.cn`;
  return `${what}: a team plan needs Z_AI_BIGMODEL_ORGANIZATION and Z_AI_BIGMODEL_PROJECT`;
}

/** Returns the list of rows with its name, even a new one; a plan without quotas has none. */
function parseLimits(data: unknown): readonly [name: string, limits: unknown] {
  const limits = member(data, "limits");
  if (limits !== undefined && limits !== null) return ["limits", limits];
  const lists = Object.entries(isRecord(data) ? data : {}).filter(([, one]) =>
    Array.isArray(one) && one.length > 0
  );
  return lists.find(([, list]) => Array.isArray(list) && list.some(parseRow)) ?? lists[0] ?? ["limits", []];
}

function parsePlan(data: unknown): string | undefined {
  for (const name of PLAN_NAMES) {
    const value = member(data, name);
    if (typeof value === "string" && value.trim() !== "") return value.trim();
  }
  return undefined;
}
