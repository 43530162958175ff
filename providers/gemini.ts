/**
 * Gemini CLI, the daily requests of Code Assist: one call returns the plan and project, another what is left
 * of each model. Models of a family share one pool and are listed separately.
 */
import { type ProviderContext, Secret } from "../lib/provider/context.ts";
import { isRecord, member } from "../lib/provider_kit/decode.ts";
import { keychainCommands } from "../lib/provider_kit/keychain.ts";
import { firstSetting, textAt } from "../lib/provider_kit/login_file.ts";
import { loginObject, requestTokens, serializeLike, type Tokens } from "../lib/provider_kit/oauth.ts";
import { type Account, type Answer, type Provider, ProviderError } from "../lib/provider/contract.ts";
import {
  blockedByProxyError,
  refusedError,
  refuseExpired,
  requestJson,
  type RequestTarget,
} from "../lib/provider_kit/request_json.ts";
import { HOME, LOGIN, REMEDY, SETTINGS, toolLogin } from "./gemini/login.ts";
import { quotaAnswer } from "./gemini/quotas.ts";

const VENDOR = "Google";
const API = "https://cloudcode-pa.googleapis.com/v1internal";
const OWNER_URL = "https://oauth2.googleapis.com/tokeninfo";
const TOKEN_URL = "https://oauth2.googleapis.com/token";
/** The public client id of Gemini CLI. Its secret is not ours to publish, so users have to set it. */
const CLIENT_ID = "681255809395-oo8ft2oprdrnp9e3aqf6av3hmdib135j.apps.googleusercontent.com";
const CAP_BYTES = 64 * 1024;
/** The kind of an account known only by its refresh token. */
const REFRESH = "refresh token";
/** A token is renewed this long before it expires. */
const EARLY_MS = 5 * 60_000;
const LICENCE_MS = 6 * 3_600_000;

export const gemini: Provider = {
  id: "gemini",
  name: "Gemini CLI",
  aliases: ["google"],
  hosts: ["cloudcode-pa.googleapis.com", "oauth2.googleapis.com"],
  official: false,
  vendor: {
    letters: "Ge",
    colour: "#8a3fc4",
    usage: "https://gemini.google.com/",
    status: "https://www.google.com/appsstatus/dashboard/products/npdyhgECDJ6tB66MxXyo/history",
  },
  pools: [
    { counts: "use", quotas: ["<model>"] },
  ],
  optIn:
    "Since June 2026 Google refuses consumer accounts here; Code Assist Standard, Enterprise and Workspace still work",
  settings: [
    {
      name: "GEMINI_ACCESS_TOKEN",
      secret: true,
      help: "Access token of a Code Assist licence, ya29...; without it the login of Gemini CLI is used",
    },
    {
      name: "GEMINI_REFRESH_TOKEN",
      secret: true,
      help:
        "Refresh token, 1//..., instead of an access token, which expires after an hour; needs GEMINI_CLIENT_SECRET",
    },
    { name: HOME, secret: false, home: true, help: "Folder that holds .gemini, the home folder by default" },
    { name: "GOOGLE_CLOUD_PROJECT", secret: false, help: "Project of the licence, if it does not name one" },
    {
      name: "GEMINI_CLIENT_ID",
      secret: false,
      help: "Client id of the login, for renewing tokens; Gemini CLI's by default",
    },
    {
      name: "GEMINI_CLIENT_SECRET",
      secret: true,
      help: "Secret of that client; needed to renew tokens",
    },
  ],
  signIn: "Sign in with Gemini CLI and set SYNTRACK_GEMINI_ENABLED=true",
  places: [LOGIN, SETTINGS],
  commands: keychainCommands(LOGIN.what),
  everyMs: 120_000,

  async accounts(ctx) {
    const found = firstSetting(ctx, ["GEMINI_ACCESS_TOKEN"]);
    if (found) {
      const remedy = `Set ${found.name} to a new token, or remove it and sign in with Gemini CLI`;
      return [{ name: "default", source: found.source, secret: new Secret(found.value), remedy }];
    }
    const refresh = firstSetting(ctx, ["GEMINI_REFRESH_TOKEN"]);
    if (refresh) {
      const remedy = `Set ${refresh.name} to a new token, or remove it and sign in with Gemini CLI`;
      const secret = new Secret(refresh.value);
      return [{ name: "default", source: refresh.source, secret, remedy, facts: { kind: REFRESH } }];
    }
    const login = await toolLogin(ctx);
    return login ? [login] : [];
  },

  async read(ctx, found): Promise<Answer> {
    refuseExpired(ctx, { vendor: VENDOR, account: found });
    const account = found.facts?.kind === REFRESH ? await withAccess(ctx, found) : found;
    const party: RequestTarget = { vendor: VENDOR, account };
    refuseOtherKinds(account);
    const licence = await readLicence(ctx, party);
    const project = licence.project ?? ctx.env("GOOGLE_CLOUD_PROJECT");
    const { status, body } = await requestJson(ctx, party, `${API}:retrieveUserQuota`, {
      ...post(account, project === undefined ? {} : { project }),
      expected: [403],
    });
    if (status === 403) throw createForbiddenError(party, body, licence.isEnded, project === undefined);
    return {
      ...quotaAnswer(body, licence.plan === undefined ? {} : { plan: licence.plan }),
      // The plan is unknown then, not none.
      ...licence.isUnread && { unread: [] },
    };
  },

  async owner(ctx, found) {
    const account = found.facts?.kind === REFRESH ? await withAccess(ctx, found) : found;
    const { body } = await requestJson(ctx, { vendor: VENDOR, account }, OWNER_URL, {
      method: "POST",
      headers: {
        authorization: `Bearer ${account.secret.reveal()}`,
        "content-type": "application/x-www-form-urlencoded;charset=UTF-8",
      },
      capBytes: CAP_BYTES,
    });
    return textAt(body, "sub") ?? textAt(body, "user_id") ?? null;
  },

  renewal: {
    processes: ["gemini"],
    oneTime: false,
    async renew(ctx, text) {
      const login = loginObject(text, VENDOR);
      const refresh = textAt(login, "refresh_token");
      if (refresh === undefined) {
        throw new ProviderError("auth", `The login of ${VENDOR} cannot be renewed`, { hint: REMEDY });
      }
      const tokens = await renewTokens(ctx, refresh, REMEDY);
      return serializeLike({
        ...login,
        access_token: tokens.access_token,
        expiry_date: ctx.now() + (tokens.expires_in ?? 3600) * 1000,
        ...tokens.refresh_token === null ? {} : { refresh_token: tokens.refresh_token },
        ...tokens.id_token === null ? {} : { id_token: tokens.id_token },
      }, text);
    },
  },
};

/** @throws {ProviderError} `missing` without the client secret */
function renewTokens(ctx: ProviderContext, refresh: string, remedy: string): Promise<Tokens> {
  const secret = ctx.env("GEMINI_CLIENT_SECRET");
  if (secret === undefined) {
    throw new ProviderError("missing", "Renewing a token of Gemini CLI needs the secret of its client", {
      hint: `Set GEMINI_CLIENT_SECRET. Otherwise: ${remedy}`,
    });
  }
  return requestTokens(ctx, {
    vendor: VENDOR,
    url: TOKEN_URL,
    as: "form",
    body: {
      grant_type: "refresh_token",
      refresh_token: refresh,
      client_id: ctx.env("GEMINI_CLIENT_ID") ?? CLIENT_ID,
      client_secret: secret,
    },
    remedy,
  });
}

/**
 * Returns the account with an access token made from its refresh token, which its owner provided for this and
 * which stays valid. The token is renewed some minutes before it expires, and stored only in memory.
 */
async function withAccess(ctx: ProviderContext, account: Account): Promise<Account> {
  const known = ctx.memory.get("access") as { readonly token: Secret; readonly until: number } | undefined;
  let token = known && known.until > ctx.now() ? known.token : undefined;
  if (!token) {
    const tokens = await renewTokens(ctx, account.secret.reveal(), account.remedy ?? REMEDY);
    token = new Secret(tokens.access_token);
    const until = ctx.now() + (tokens.expires_in ?? 0) * 1000 - EARLY_MS;
    ctx.memory.set("access", { token, until });
  }
  return { ...account, secret: token, facts: {} };
}

function post({ secret }: Account, body: unknown) {
  return {
    method: "POST",
    headers: { authorization: `Bearer ${secret.reveal()}`, "content-type": "application/json" },
    body: JSON.stringify(body),
    capBytes: CAP_BYTES,
  };
}

/**
 * Fails before sending other kinds: only a Google login has
 * these quotas, and the vendor would refuse the rest.
 */
function refuseOtherKinds({ secret, source, facts }: Account): void {
  const isKey = secret.reveal().startsWith("AIza");
  const kind = facts?.kind;
  if (!isKey && (kind === undefined || kind === "oauth-personal")) return;
  const what = isKey ? `${source} contains an API key` : `Gemini CLI signs in with "${kind}"`;
  throw new ProviderError("auth", `${what}, which has no daily requests to show`, {
    hint: "Sign in to Gemini CLI with Google: run gemini and choose /auth",
  });
}

interface Licence {
  readonly plan?: string | undefined;
  readonly project?: string | undefined;
  /** True when Google says that this kind of account may no longer be used here. */
  readonly isEnded: boolean;
  /** True when the request failed. */
  readonly isUnread?: true;
}

/**
 * Returns the licence, which rarely changes: requested again after
 * some hours, and at once when it is unknown or refused.
 */
async function readLicence(ctx: ProviderContext, party: RequestTarget): Promise<Licence> {
  const known = ctx.memory.get("licence") as { readonly at: number; readonly licence: Licence } | undefined;
  if (known && ctx.now() >= known.at && ctx.now() - known.at < LICENCE_MS) return known.licence;
  const licence = await fetchLicence(ctx, party);
  if (licence.plan !== undefined && !licence.isEnded) ctx.memory.set("licence", { at: ctx.now(), licence });
  return licence;
}

/** Requests the licence. Quotas do not depend on it, so only refusals count. */
async function fetchLicence(ctx: ProviderContext, party: RequestTarget): Promise<Licence> {
  const metadata = { ideType: "GEMINI_CLI", platform: "PLATFORM_UNSPECIFIED", pluginType: "GEMINI" };
  try {
    const { body } = await requestJson(
      ctx,
      party,
      `${API}:loadCodeAssist`,
      post(party.account, { metadata }),
    );
    const tiers = ["paidTier", "currentTier"].map((name) => member(body, name));
    const project = member(body, "cloudaicompanionProject");
    const refusals = member(body, "ineligibleTiers");
    return {
      plan: tiers.map((tier) => textAt(tier, "name")).find((name) => name !== undefined) ??
        tiers.map((tier) => textAt(tier, "id")).find((id) => id !== undefined),
      project: textAt({ project }, "project") ?? textAt(project, "id") ?? textAt(project, "projectId"),
      isEnded: !isRecord(tiers[1]) && Array.isArray(refusals) &&
        refusals.some((one) => member(one, "reasonCode") === "UNSUPPORTED_CLIENT"),
    };
  } catch (error) {
    const kind = member(error, "kind");
    if (kind !== "unavailable" && kind !== "bad_response") throw error;
    ctx.log.debug("The licence is unknown", { account: party.account.name });
    return { isEnded: false, isUnread: true };
  }
}

function createForbiddenError(
  party: RequestTarget,
  body: unknown,
  isEnded: boolean,
  isWithoutProject: boolean,
): ProviderError {
  if (body === undefined) return blockedByProxyError(party);
  const hint = isEnded
    ? "Google ended this for consumer accounts: use Antigravity, and set SYNTRACK_GEMINI_ENABLED=false"
    : isWithoutProject
    ? "Licences of a company need their project: set GOOGLE_CLOUD_PROJECT"
    : undefined;
  return refusedError(party, "status 403", hint);
}
