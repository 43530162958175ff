/**
 * Kimi Code, Moonshot's coding plan: one call returns a weekly limit, windows of other lengths, and since
 * September 2026 a map of ratios beside or instead of them. The login is its own CLI's or a key.
 */
import * as v from "valibot";
import { type ProviderContext, Secret } from "../lib/provider/context.ts";
import { cookieValue } from "../lib/provider_kit/cookie.ts";
import { badResponseError, instantOrNull, isRecord, member } from "../lib/provider_kit/decode.ts";
import { firstSetting, jsonFile, plainPath, textAt } from "../lib/provider_kit/login_file.ts";
import {
  type Account,
  type Answer,
  type LoginPlace,
  type Provider,
  ProviderError,
} from "../lib/provider/contract.ts";
import { createAnswer } from "../lib/provider_kit/readings.ts";
import { refuseExpired, requestJson, type RequestTarget } from "../lib/provider_kit/request_json.ts";
import { tokenExpiry } from "../lib/provider_kit/token.ts";
import { gatherLimits, isLimits } from "./kimi/limits.ts";

const HOSTS = ["api.kimi.com", "api.kimi.ai"] as const;
const SITE_HOST = "www.kimi.com";
const SITE_USAGES = `https://${SITE_HOST}/apiv2/kimi.gateway.billing.v1.BillingService/GetUsages`;
/** The part of the site's response about the coding plan. */
const SCOPE = "FEATURE_CODING";
const TOKENS = ["KIMI_CODE_API_KEY", "KIMI_CODE_TOKEN", "KIMI_TOKEN"];
const REMEDY = "Run kimi once to sign in again";

/** The settings that move the CLI's login, with the file each leads to; the first one set wins. */
const LOGINS: readonly (readonly [setting: string, place: LoginPlace])[] = ([
  ["KIMI_CODE_CREDENTIALS", "${KIMI_CODE_CREDENTIALS:-~/.kimi-code/credentials/kimi-code.json}"],
  ["KIMI_CREDENTIALS", "${KIMI_CREDENTIALS:-~/.kimi-code/credentials/kimi-code.json}"],
  ["KIMI_CODE_HOME", "${KIMI_CODE_HOME:-~/.kimi-code}/credentials/kimi-code.json"],
] as const).map(([setting, path]) => [setting, { path, what: "the login of Kimi Code" }]);

export const kimi: Provider = {
  id: "kimi",
  name: "Kimi Code",
  hosts: [...HOSTS, SITE_HOST],
  official: false,
  vendor: {
    letters: "Ki",
    colour: "#274bc4",
    usage: "https://www.kimi.com/code/console",
  },
  pools: [
    { counts: "spend", quotas: ["booster-monthly", "booster"] },
    {
      counts: "use",
      quotas: ["monthly-total", "weekly", "window-7d", "window-*", "five-hour", "monthly-code", "*"],
    },
  ],
  places: LOGINS.map(([, place]) => place),
  settings: [
    {
      name: "KIMI_CODE_API_KEY",
      secret: true,
      help: "Key of Kimi Code; without one its CLI's login is used",
    },
    { name: "KIMI_CODE_TOKEN", secret: true, help: "Access token of Kimi Code" },
    { name: "KIMI_TOKEN", secret: true, help: "The same under another name", alias: true },
    { name: "KIMI_AUTH_TOKEN", secret: true, help: "Cookie kimi-auth of www.kimi.com, instead of a token" },
    { name: "KIMI_CODE_CREDENTIALS", secret: false, home: true, help: "Login file of Kimi Code" },
    { name: "KIMI_CREDENTIALS", secret: false, home: true, help: "The same under another name", alias: true },
    {
      name: "KIMI_CODE_HOME",
      secret: false,
      home: true,
      help: "Folder of Kimi Code, ~/.kimi-code by default",
    },
    { name: "KIMI_CODE_HOST", secret: false, help: "api.kimi.com (default) or api.kimi.ai" },
  ],
  signIn: "Sign in with the Kimi Code CLI",
  everyMs: 300_000,

  async accounts(ctx) {
    chooseHost(ctx);
    const found = firstSetting(ctx, TOKENS);
    if (!found) return findCookie(ctx) ?? await findLogin(ctx);
    const { value, source } = found;
    // The same vendor's open platform has its own keys.
    const isOther = value.startsWith("sk-") && !value.startsWith("sk-kimi-");
    const remedy = isOther
      ? `${source} looks like a key of the Moonshot platform: use one of Kimi Code, or sign in with its CLI`
      : `Check ${source}`;
    return [{ name: "default", source, secret: new Secret(value), remedy }];
  },

  async read(ctx, account): Promise<Answer> {
    const party: RequestTarget = { vendor: "Kimi Code", account };
    refuseExpired(ctx, party);
    const body = account.facts?.way === "site" ? await askSite(ctx, party) : await askPlan(ctx, party);
    if (!isRecord(body)) {
      throw badResponseError("Kimi Code answered with something other than an object", body);
    }
    if (!isLimits(body)) throw badResponseError("Kimi Code answered in an unknown format", body);
    const plan = textAt(body, "user", "membership", "level");
    const identity = textAt(body, "user", "userId");
    return createAnswer("Kimi Code", body, gatherLimits(body, ctx.now()), {
      ...plan === undefined ? {} : { plan },
      ...identity === undefined ? {} : { identity },
    });
  },
};

async function askPlan(ctx: ProviderContext, party: RequestTarget): Promise<unknown> {
  const { body } = await requestJson(ctx, party, `https://${chooseHost(ctx)}/coding/v1/usages`, {
    headers: { authorization: `Bearer ${party.account.secret.reveal()}` },
  });
  return body;
}

/** Reads what the site shows a signed-in browser: the same figures under other names. */
async function askSite(ctx: ProviderContext, party: RequestTarget): Promise<unknown> {
  const token = party.account.secret.reveal();
  const { body } = await requestJson(ctx, party, SITE_USAGES, {
    method: "POST",
    headers: {
      authorization: `Bearer ${token}`,
      cookie: `kimi-auth=${token}`,
      "content-type": "application/json",
      "connect-protocol-version": "1",
    },
    body: JSON.stringify({ scope: [SCOPE] }),
  });
  const list = member(body, "usages");
  const parts = Array.isArray(list) ? list as readonly unknown[] : [];
  const part = parts.find((one) => member(one, "scope") === SCOPE);
  if (part === undefined) {
    throw badResponseError("Kimi Code answered without the usage of the coding plan", body);
  }
  const { scope: _, detail, limits, ...others } = isRecord(part) ? part : {};
  return { ...others, usage: detail, limits };
}

function findCookie(ctx: ProviderContext): readonly Account[] | undefined {
  const found = ctx.find("KIMI_AUTH_TOKEN");
  if (!found) return undefined;
  const value = cookieValue(found.value, "kimi-auth");
  if (value === undefined) {
    throw new ProviderError("missing", 'KIMI_AUTH_TOKEN does not contain the cookie "kimi-auth"', {
      hint: 'Copy the value of the cookie "kimi-auth" of www.kimi.com into KIMI_AUTH_TOKEN',
    });
  }
  const expiresAt = tokenExpiry(value);
  return [{
    name: "default",
    source: found.source,
    secret: new Secret(value),
    facts: { way: "site" },
    ...expiresAt === undefined ? {} : { expiresAt },
    remedy:
      `Sign in at www.kimi.com in a browser again, and renew ${found.source} with the cookie it has then`,
  }];
}

function chooseHost(ctx: ProviderContext): string {
  const text = ctx.env("KIMI_CODE_HOST")?.toLowerCase() ?? HOSTS[0];
  const host = HOSTS.find((one) => one === text);
  if (host) return host;
  throw new ProviderError("missing", "KIMI_CODE_HOST names an unknown host", {
    hint: `Set KIMI_CODE_HOST to ${HOSTS.join(" or ")}`,
  });
}

/**
 * Returns the CLI's login. The CLI renews it itself, and its
 * refresh token works only once, so leave it alone.
 */
async function findLogin(ctx: ProviderContext): Promise<readonly Account[]> {
  const [setting, place] = LOGINS.find(([name]) => ctx.env(name) !== undefined) ?? LOGINS[2] ?? [];
  if (setting === undefined || place === undefined) return [];
  const found = ctx.find(setting);
  const file = found ? `the file ${found.source} leads to` : plainPath(place.path);
  const login = await jsonFile(ctx, place);
  if (!login) {
    if (!found) return [];
    throw new ProviderError("missing", `There is no login of Kimi Code where ${setting} points`, {
      hint: `Check ${found.source}, or sign in with the Kimi Code CLI`,
    });
  }
  const token = textAt(login, "access_token");
  if (token === undefined) {
    throw new ProviderError("missing", "The login of Kimi Code holds no access token", { hint: REMEDY });
  }
  const expiresAt = v.parse(instantOrNull, member(login, "expires_at"));
  return [{
    name: "default",
    source: `the login of Kimi Code in ${file}`,
    secret: new Secret(token),
    ...expiresAt === null ? {} : { expiresAt },
    remedy: REMEDY,
    file: place.path,
  }];
}
