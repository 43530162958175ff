/**
 * Claude subscriptions (Pro, Max, Team, Enterprise), polled with Claude Code's login. The endpoint is that
 * tool's own and allows few calls: after some it refuses for hours.
 */
import { Secret } from "../lib/provider/context.ts";
import { keychainCommands } from "../lib/provider_kit/keychain.ts";
import { firstSetting, textAt } from "../lib/provider_kit/login_file.ts";
import { loginObject, requestTokens, serializeLike } from "../lib/provider_kit/oauth.ts";
import { type Account, type Answer, type Provider, ProviderError } from "../lib/provider/contract.ts";
import {
  blockedByProxyError,
  refusedError,
  refuseExpired,
  requestJson,
  type RequestTarget,
} from "../lib/provider_kit/request_json.ts";
import { FEED, readLocalReadings } from "./anthropic/feed.ts";
import { HOME, LOGIN, OWNER, REMEDY, toolLogin, withTokens } from "./anthropic/login.ts";
import { usageAnswer } from "./anthropic/usage.ts";

const VENDOR = "Anthropic";
const USAGE_URL = "https://api.anthropic.com/api/oauth/usage";
const PROFILE_URL = "https://api.anthropic.com/api/oauth/profile";
const TOKEN_URL = "https://platform.claude.com/v1/oauth/token";
/** The public client id of Claude Code, which its login belongs to. */
const CLIENT_ID = "9d1c250a-e61b-44d9-88ed-5944d1962f5e";
/** The endpoint refuses unknown programs much sooner. */
const USER_AGENT = "claude-code/2.1.80 (syntrack)";
const SCOPE = "user:profile";
const NO_SCOPE = `Sign in with Claude Code instead: this token was made without the scope ${SCOPE}`;

/** Kinds of secrets that look similar and do not work here. */
const WRONG_KINDS: readonly (readonly [beginning: string, what: string])[] = [
  ["sk-ant-api", "an API key"],
  ["sk-ant-admin", "an admin key"],
  ["sk-ant-ort", "a refresh token"],
  ["sk-ant-sid", "a cookie of the web page"],
];

export const anthropic: Provider = {
  id: "anthropic",
  name: "Claude",
  aliases: ["claude-code", "claude-max", "claude-pro"],
  hosts: ["api.anthropic.com", "platform.claude.com"],
  official: false,
  vendor: {
    letters: "Cl",
    colour: "#b3532f",
    usage: "https://claude.ai/settings/usage",
    status: "https://status.claude.com/",
  },
  pools: [
    { counts: "spend", quotas: ["extra-usage"] },
    { counts: "use", quotas: ["seven-day", "five-hour", "daily", "seven-day-*", "*"] },
  ],
  settings: [
    {
      name: "ANTHROPIC_TOKEN",
      secret: true,
      help:
        "Access token of a Claude subscription, sk-ant-oat...; without it the login of Claude Code is used",
    },
    {
      name: "CLAUDE_CODE_OAUTH_TOKEN",
      secret: true,
      help: "The same, as Claude Code itself reads it",
      alias: true,
    },
    { name: HOME, secret: false, home: true, help: "Folder of Claude Code, ~/.claude by default" },
  ],
  signIn: "Sign in with Claude Code",
  places: [LOGIN, OWNER, FEED],
  commands: keychainCommands(LOGIN.what),
  everyMs: 300_000,

  async accounts(ctx) {
    const found = firstSetting(ctx, ["ANTHROPIC_TOKEN", "CLAUDE_CODE_OAUTH_TOKEN"]);
    if (found) {
      const remedy = `Set ${found.name} to a new token, or remove it and sign in with Claude Code`;
      return [{ name: "default", source: found.source, secret: new Secret(found.value), remedy }];
    }
    const login = await toolLogin(ctx);
    return login ? [login] : [];
  },

  async read(ctx, account): Promise<Answer> {
    const party: RequestTarget = { vendor: VENDOR, account };
    refuseExpired(ctx, party);
    refuseUseless(account);
    const { plan } = account.facts ?? {};
    const { status, body } = await requestJson(ctx, party, USAGE_URL, {
      headers: headersFor(account),
      capBytes: 64 * 1024,
      expected: [403],
    });
    if (status === 403) throw createForbiddenError(party, body);
    return usageAnswer(body, plan === undefined ? {} : { plan });
  },

  async owner(ctx, account) {
    const { body } = await requestJson(ctx, { vendor: VENDOR, account }, PROFILE_URL, {
      headers: headersFor(account),
      capBytes: 64 * 1024,
    });
    return textAt(body, "account", "uuid") ?? null;
  },

  localReadings: readLocalReadings,

  renewal: {
    processes: ["claude"],
    oneTime: true,
    async renew(ctx, text) {
      const login = loginObject(text, VENDOR);
      const refresh = textAt(login, "claudeAiOauth", "refreshToken");
      if (refresh === undefined) {
        throw new ProviderError("auth", `The login of ${VENDOR} cannot be renewed`, { hint: REMEDY });
      }
      const tokens = await requestTokens(ctx, {
        vendor: VENDOR,
        url: TOKEN_URL,
        as: "json",
        body: { grant_type: "refresh_token", refresh_token: refresh, client_id: CLIENT_ID },
        headers: { "user-agent": USER_AGENT },
        remedy: REMEDY,
      });
      const renewed = withTokens(login, {
        access: tokens.access_token,
        refresh: tokens.refresh_token ?? refresh,
        expiresAt: ctx.now() + (tokens.expires_in ?? 3600) * 1000,
        scope: tokens.scope,
      });
      return serializeLike(renewed, text);
    },
  },
};

function headersFor({ secret }: Account): Readonly<Record<string, string>> {
  return {
    authorization: `Bearer ${secret.reveal()}`,
    "anthropic-beta": "oauth-2025-04-20",
    "user-agent": USER_AGENT,
  };
}

/** Fails before sending a request the vendor would refuse, because each call counts. */
function refuseUseless({ secret, source, facts }: Account): void {
  const token = secret.reveal();
  const kind = WRONG_KINDS.find(([beginning]) => token.startsWith(beginning))?.[1];
  if (kind !== undefined) {
    throw new ProviderError("auth", `${source} holds ${kind}, and the subscription needs an access token`, {
      hint: "Remove it there and sign in with Claude Code",
    });
  }
  const { scopes } = facts ?? {};
  if (scopes !== undefined && !scopes.split(" ").includes(SCOPE)) {
    throw new ProviderError("auth", `The login in ${source} cannot be used to read limits`, {
      hint: NO_SCOPE,
    });
  }
}

function createForbiddenError(party: RequestTarget, body: unknown): ProviderError {
  if (body === undefined) return blockedByProxyError(party);
  const isScope = (textAt(body, "error", "message") ?? "").includes("scope");
  return refusedError(
    party,
    isScope ? "without the scope it needs" : "status 403",
    isScope ? NO_SCOPE : undefined,
  );
}
