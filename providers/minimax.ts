/**
 * MiniMax, the Coding Plan and its successor, the Token Plan: one call lists models, each with a window and
 * maybe a weekly one. Nearly all responses have status 200, a code in the body holds the verdict, and the
 * count called usage is mostly what is left.
 */
import { type ProviderContext, Secret } from "../lib/provider/context.ts";
import { badResponseError, isRecord, lenientNumber, member, orNull } from "../lib/provider_kit/decode.ts";
import {
  firstSetting,
  jsonFile,
  OPENCODE_LOGINS,
  openCodeKey,
  textAt,
} from "../lib/provider_kit/login_file.ts";
import { type Answer, type LoginPlace, type Provider, ProviderError } from "../lib/provider/contract.ts";
import { createAnswer } from "../lib/provider_kit/readings.ts";
import {
  NO_SUCH_ROUTE,
  rateLimitedError,
  refusedError,
  requestJson,
  type RequestTarget,
  retryAt,
  unavailableError,
} from "../lib/provider_kit/request_json.ts";
import * as v from "valibot";
import { gatherModels } from "./minimax/models.ts";

const HOSTS = { global: "api.minimax.io", cn: "api.minimaxi.com" } as const;
/** The newer route first; only the other may know an older plan's key. */
const PATHS = ["/v1/token_plan/remains", "/v1/api/openplatform/coding_plan/remains"];
const KEYS = ["MINIMAX_CODING_API_KEY", "MINIMAX_API_KEY", "MINIMAX_API_TOKEN"];
const CLI_CONFIG: LoginPlace = { path: "~/.mmx/config.json", what: "the settings of the MiniMax CLI" };

export const minimax: Provider = {
  id: "minimax",
  name: "MiniMax",
  hosts: [HOSTS.global, HOSTS.cn],
  official: true,
  vendor: {
    letters: "Mi",
    colour: "#c23b1a",
    usage: "https://platform.minimax.io/user-center/payment/coding-plan",
  },
  pools: [
    { counts: "use", quotas: ["monthly", "weekly", "daily", "five-hour"] },
    {
      counts: "use",
      quotas: [
        "<model>-monthly",
        "<model>-weekly",
        "<model>-daily",
        "<model>-interval",
        "<model>-#s",
        "<model>",
      ],
    },
  ],
  places: [OPENCODE_LOGINS, CLI_CONFIG],
  settings: [
    { name: "MINIMAX_API_KEY", secret: true, help: "Key of a MiniMax plan, usually sk-cp-..." },
    {
      name: "MINIMAX_CODING_API_KEY",
      secret: true,
      help: "The same; takes precedence over MINIMAX_API_KEY",
      alias: true,
    },
    { name: "MINIMAX_API_TOKEN", secret: true, help: "The same under another name", alias: true },
    { name: "MINIMAX_REGION", secret: false, help: "global for minimax.io (default), cn for minimaxi.com" },
    { name: "MINIMAX_REMAINS_URL", secret: false, help: "The full URL to query, instead of the usual ones" },
    {
      name: "MINIMAX_HOST",
      secret: false,
      help: "URL or name of the host to query, instead of the usual ones",
    },
  ],
  baseUrlNames: ["MINIMAX_REMAINS_URL", "MINIMAX_HOST"],
  everyMs: 60_000,

  async accounts(ctx) {
    chooseRegion(ctx);
    const found = firstSetting(ctx, KEYS) ??
      await openCodeKey(ctx, ["minimax", "minimax-coding-plan"]) ?? await cliKey(ctx);
    if (!found) return [];
    const { value, source } = found;
    return [{ name: "default", source, secret: new Secret(value), remedy: remedyFor(ctx, value, source) }];
  },

  async read(ctx, account): Promise<Answer> {
    const body = await fetchBody(ctx, { vendor: "MiniMax", account });
    const data = isRecord(member(body, "data")) ? member(body, "data") : body;
    const models = member(data, "model_remains") ?? member(body, "model_remains");
    if (!Array.isArray(models)) throw badResponseError("MiniMax answered without a list of models", body);
    const found = gatherModels(models, ctx.now());
    const plan = textAt(body, "current_subscribe_title") ?? textAt(data, "current_subscribe_title") ??
      textAt(body, "plan_name") ?? textAt(data, "plan_name");
    return createAnswer("MiniMax", body, found, plan === undefined ? {} : { plan });
  },
};

async function cliKey(ctx: ProviderContext) {
  const value = textAt(await jsonFile(ctx, CLI_CONFIG), "api_key");
  return value === undefined ? undefined : { value, source: `api_key in ${CLI_CONFIG.path}` };
}

function remedyFor(ctx: ProviderContext, key: string, source: string): string {
  if (key.startsWith("sk-api-")) {
    return `${source} holds a pay-as-you-go key, which has no plan: use the key of the plan (sk-cp-...)`;
  }
  const region = ctx.env("MINIMAX_REGION") === undefined
    ? ", and set MINIMAX_REGION=cn for a key of minimaxi.com"
    : "";
  return `Check ${source}${region}`;
}

/** Picks the region. A key goes to one region only; another company runs the other. */
function chooseRegion(ctx: ProviderContext): keyof typeof HOSTS {
  const text = ctx.env("MINIMAX_REGION")?.toLowerCase() ?? "global";
  if (text === "global" || text === "cn") return text;
  throw new ProviderError("missing", "MINIMAX_REGION names an unknown region", {
    hint: "Set MINIMAX_REGION to global or cn",
  });
}

function listUrls(ctx: ProviderContext): readonly URL[] {
  const own = ctx.env("SYNTRACK_MINIMAX_BASE_URL") === undefined ? ctx.env("MINIMAX_REMAINS_URL") : undefined;
  const paths = own !== undefined && URL.canParse(own) && new URL(own).pathname !== "/"
    ? [new URL(own).pathname]
    : PATHS;
  return paths.map((path) => new URL(path, `https://${HOSTS[chooseRegion(ctx)]}`));
}

/**
 * Returns the body of the first route that answers. If none does, throws the most informative failure: a
 * refused key, then an incomprehensible response, then a missing route.
 */
async function fetchBody(ctx: ProviderContext, party: RequestTarget): Promise<unknown> {
  const failures = new Map<string, unknown>();
  for (const url of listUrls(ctx)) {
    try {
      return await askOne(ctx, party, url);
    } catch (error) {
      const kind = error === ABSENT ? "unavailable" : member(error, "kind");
      if (error !== ABSENT && kind !== "auth" && kind !== "bad_response") throw error;
      if (!failures.has(String(kind))) failures.set(String(kind), error);
    }
  }
  throw failures.get("auth") ?? failures.get("bad_response") ??
    unavailableError(party, "it has no such route");
}

/** Thrown when a route does not exist. */
const ABSENT = Symbol("absent");

async function askOne(ctx: ProviderContext, party: RequestTarget, url: URL): Promise<unknown> {
  const headers = { authorization: `Bearer ${party.account.secret.reveal()}` };
  const { status, body, headers: given } = await requestJson(ctx, party, url, {
    headers,
    expected: NO_SUCH_ROUTE,
  });
  if (NO_SUCH_ROUTE.includes(status)) throw ABSENT;
  const code = parseCode(body);
  if (code === 0) return body;
  if (AUTH_CODES.includes(code)) throw refusedError(party, `code ${code}`);
  if (LIMIT_CODES.includes(code)) throw rateLimitedError(party, retryAt(given, ctx.now()));
  if (SERVER_CODES.includes(code)) throw unavailableError(party, `it answered with code ${code}`);
  throw badResponseError(`MiniMax answered with the code ${code}`, body);
}

const AUTH_CODES = [1004, 2049];
const LIMIT_CODES = [1002, 1039, 2056];
const SERVER_CODES = [1000, 1001, 1013, 1024, 1033];

/** Returns the verdict of the body; without one, its content counts. */
function parseCode(body: unknown): number {
  return v.parse(orNull(lenientNumber), member(member(body, "base_resp"), "status_code")) ?? 0;
}
