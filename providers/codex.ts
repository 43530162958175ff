/**
 * OpenAI Codex, the limits of a ChatGPT subscription: polled with
 * Codex's login, at the endpoint Codex itself uses to show them.
 */
import type { ProviderContext } from "../lib/provider/context.ts";
import { firstSetting, textAt } from "../lib/provider_kit/login_file.ts";
import type { AccountFact, Dropped } from "../lib/model/quota.ts";
import { loginObject, requestTokens, serializeLike } from "../lib/provider_kit/oauth.ts";
import { type Account, type Answer, type Provider, ProviderError } from "../lib/provider/contract.ts";
import {
  blockedByProxyError,
  refusedError,
  refuseExpired,
  requestJson,
  type RequestTarget,
} from "../lib/provider_kit/request_json.ts";
import { createAccount, HOME, PLACES, REMEDY, toolLogin, withTokens } from "./codex/login.ts";
import { findOwner, isAccessToken, type Owner } from "./codex/owner.ts";
import { countBankedResets, findSoonestExpiry, unreadExpiries, usageAnswer } from "./codex/usage.ts";

const VENDOR = "OpenAI";
const ORIGIN = "https://chatgpt.com";
/** The second is for installations without the leading part. */
const BASES = ["/backend-api/wham", "/api/codex"] as const;
/** Read only: never call the route beside it, which redeems a reset. */
const DETAILS = "rate-limit-reset-credits";
/** Optional requests must not use up the poll's time. */
const DETAILS_MS = 5_000;
const TOKEN_URL = "https://auth.openai.com/oauth/token";
/** The public client id of Codex, which its login belongs to. */
const CLIENT_ID = "app_EMoamEEZ73f0CkXaXp7hrann";

export const codex: Provider = {
  id: "codex",
  name: "Codex",
  aliases: ["chatgpt", "openai-codex"],
  hosts: ["chatgpt.com", "auth.openai.com"],
  official: false,
  vendor: {
    letters: "Cx",
    colour: "#5b52c0",
    usage: "https://chatgpt.com/codex/settings/usage",
    status: "https://status.openai.com/",
  },
  pools: [
    { counts: "spend", quotas: ["spend-limit"] },
    { counts: "use", quotas: ["code-review", "code-review-*"] },
    {
      counts: "use",
      quotas: [
        "seven-day",
        "thirty-day",
        "five-hour",
        "window-#s",
        "window-primary",
        "window-secondary",
        "plan",
        "seven-day-*",
        "thirty-day-*",
        "five-hour-*",
      ],
    },
    {
      counts: "use",
      quotas: [
        "<limit>-seven-day",
        "<limit>-thirty-day",
        "<limit>-five-hour",
        "<limit>-window-#s",
        "<limit>-window-primary",
        "<limit>-window-secondary",
        "<limit>-seven-day-*",
        "<limit>-thirty-day-*",
        "<limit>-five-hour-*",
      ],
    },
  ],
  settings: [
    {
      name: "CODEX_TOKEN",
      secret: true,
      help:
        "Access token of a ChatGPT subscription, of a login or of a workspace (at-...); without it the login of Codex is used",
    },
    {
      name: "CODEX_ACCOUNT_ID",
      secret: false,
      help: "Account the token belongs to, if it does not say so",
    },
    { name: HOME, secret: false, home: true, help: "Folder of Codex, ~/.codex by default" },
  ],
  signIn: "Sign in with Codex",
  places: PLACES,
  everyMs: 60_000,

  async accounts(ctx) {
    const found = firstSetting(ctx, ["CODEX_TOKEN"]);
    const account = found
      ? createAccount({
        access: found.value,
        accountId: ctx.env("CODEX_ACCOUNT_ID"),
        source: found.source,
        remedy: `Set ${found.name} to a new token, or remove it and sign in with Codex`,
      })
      : await toolLogin(ctx);
    return account ? [account] : [];
  },

  async read(ctx, account): Promise<Answer> {
    const party: RequestTarget = { vendor: VENDOR, account };
    refuseExpired(ctx, party);
    refuseKey(account);
    const owner = isAccessToken(account) ? await findOwner(ctx, party) : undefined;
    const headers = headersFor(account, owner);
    const init = { headers, capBytes: 64 * 1024 };
    const [first, second] = BASES;
    let base: typeof BASES[number] = first;
    let answer = await requestJson(ctx, party, `${ORIGIN}${base}/usage`, { ...init, expected: [403, 404] });
    if (answer.status === 404) {
      base = second;
      answer = await requestJson(ctx, party, `${ORIGIN}${base}/usage`, { ...init, expected: [403] });
    }
    if (answer.status === 403) {
      throw answer.body === undefined ? blockedByProxyError(party) : refusedError(
        party,
        "status 403",
        `Check that the workspace of this login may be used from here, or sign in again: ${account.source}`,
      );
    }
    const usage = usageAnswer(answer.body, ctx.now());
    const url = `${ORIGIN}${base}/${DETAILS}`;
    const { facts, dropped } = await readBankedFacts(ctx, party, answer.body, url, headers);
    return {
      ...usage,
      ...facts.length === 0 ? {} : { facts },
      ...dropped.length === 0 ? {} : { dropped: [...usage.dropped ?? [], ...dropped] },
      ...owner?.identity === undefined ? {} : { identity: owner.identity },
    };
  },

  renewal: {
    processes: ["codex"],
    oneTime: true,
    async renew(ctx, text) {
      const login = loginObject(text, VENDOR);
      const refresh = textAt(login, "tokens", "refresh_token");
      if (refresh === undefined) {
        throw new ProviderError("auth", `The login of ${VENDOR} cannot be renewed`, { hint: REMEDY });
      }
      const tokens = await requestTokens(ctx, {
        vendor: VENDOR,
        url: TOKEN_URL,
        as: "json",
        body: {
          client_id: CLIENT_ID,
          grant_type: "refresh_token",
          refresh_token: refresh,
          scope: "openid profile email",
        },
        remedy: REMEDY,
        finalCodes: ["refresh_token_expired", "refresh_token_reused", "refresh_token_invalidated"],
      });
      const renewed = withTokens(login, {
        access_token: tokens.access_token,
        refresh_token: tokens.refresh_token ?? refresh,
        ...tokens.id_token === null ? {} : { id_token: tokens.id_token },
      }, ctx.now());
      return serializeLike(renewed, text);
    },
  },
};

/** Without the account id, the vendor may answer for another workspace of the same user. */
function headersFor({ secret, facts }: Account, owner?: Owner): Readonly<Record<string, string>> {
  const id = owner?.account ?? facts?.account;
  return {
    authorization: `Bearer ${secret.reveal()}`,
    "user-agent": "codex-cli",
    ...id === undefined ? {} : { "chatgpt-account-id": id },
    ...owner?.isFedramp ? { "x-openai-fedramp": "true" } : {},
  };
}

/** Returns the banked resets. An imminent expiry is worth a request, but never a failed poll. */
async function readBankedFacts(
  ctx: ProviderContext,
  party: RequestTarget,
  body: unknown,
  url: string,
  headers: Readonly<Record<string, string>>,
): Promise<{ readonly facts: readonly AccountFact[]; readonly dropped: readonly Dropped[] }> {
  const count = countBankedResets(body);
  if (count === null) return { facts: [], dropped: [] };
  let dropped: readonly Dropped[] = [];
  let expiresAt: number | null = null;
  try {
    const signal = AbortSignal.any([ctx.signal, AbortSignal.timeout(DETAILS_MS)]);
    if (count > 0) {
      const details = await requestJson(ctx, party, url, { headers, capBytes: 64 * 1024, signal });
      expiresAt = findSoonestExpiry(details.body, ctx.now());
      dropped = unreadExpiries(details.body);
    }
  } catch (error) {
    if (ctx.signal.aborted) throw error;
    ctx.log.debug("When banked resets expire was not reported", { account: party.account.name });
  }
  return { facts: [{ key: "banked-resets", label: "Banked resets", count, expiresAt }], dropped };
}

/** Fails before sending an API key: it has no subscription, and the vendor would refuse it. */
function refuseKey({ secret, source }: Account): void {
  if (!secret.reveal().startsWith("sk-")) return;
  throw new ProviderError("auth", `${source} contains an API key, which has no subscription`, {
    hint: "Sign in to Codex with ChatGPT: codex login",
  });
}
