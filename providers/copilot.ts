/** GitHub Copilot: one call to the endpoint from which editors show a seat's quotas. */
import * as v from "valibot";
import type { ProviderContext } from "../lib/provider/context.ts";
import { instantOrNull } from "../lib/provider_kit/decode.ts";
import { keychainCommands } from "../lib/provider_kit/keychain.ts";
import { textAt } from "../lib/provider_kit/login_file.ts";
import type { Answer, Provider, ProviderError } from "../lib/provider/contract.ts";
import {
  blockedByProxyError,
  type JsonAnswer,
  rateLimitedError,
  refusedError,
  requestJson,
  type RequestTarget,
  retryAt,
} from "../lib/provider_kit/request_json.ts";
import { apiHost, COMMON_TOKENS, findAccount, GH_HOME, HOST, OWN_TOKENS, PLACES } from "./copilot/login.ts";
import { quotaAnswer } from "./copilot/quotas.ts";

export const copilot: Provider = {
  id: "copilot",
  name: "GitHub Copilot",
  aliases: ["github"],
  hosts: ["api.github.com"],
  hostEndings: [".ghe.com"],
  official: false,
  vendor: {
    letters: "Co",
    colour: "#7a2fd6",
    usage: "https://github.com/settings/copilot",
    status: "https://www.githubstatus.com/",
  },
  pools: [
    { counts: "use", quotas: ["<kind>"] },
  ],
  settings: [
    ...OWN_TOKENS.map((name, index) => ({
      name,
      secret: true,
      help: index === 0
        ? "Token of a GitHub login, gho_... or ghu_...; without it the login of an editor or of gh is used"
        : "The same, as the Copilot CLI reads it",
      ...index === 0 ? {} : { alias: true as const },
    })),
    ...COMMON_TOKENS.map((name) => ({
      name,
      secret: true,
      help: "General GitHub token, used if there is no login for Copilot",
      alias: true as const,
    })),
    { name: HOST, secret: false, help: "Host of an enterprise, octo.ghe.com; github.com by default" },
    { name: GH_HOME, secret: false, home: true, help: "Folder of gh, ~/.config/gh by default" },
  ],
  signIn: "Sign in to Copilot in an editor, or with gh",
  places: PLACES,
  commands: keychainCommands("the login of gh"),
  everyMs: 120_000,

  async accounts(ctx) {
    const account = await findAccount(ctx);
    return account ? [account] : [];
  },

  async read(ctx, account): Promise<Answer> {
    const party: RequestTarget = { vendor: "GitHub", account };
    const answer = await requestJson(
      ctx,
      party,
      `https://${apiHost(account.facts?.host)}/copilot_internal/user`,
      {
        headers: {
          authorization: `Bearer ${account.secret.reveal()}`,
          "x-github-api-version": "2025-04-01",
        },
        capBytes: 64 * 1024,
        expected: [403, 404],
      },
    );
    if (answer.status === 403 || answer.status === 404) throw toRefusal(ctx, party, answer);
    const login = textAt(answer.body, "login");
    // A file may name the previous user: then the vendor's answer wins.
    const isKnown = login === undefined || login.toLowerCase() === account.identity;
    return quotaAnswer(answer.body, isKnown ? {} : { identity: login.toLowerCase() });
  },
};

function toRefusal(
  ctx: ProviderContext,
  party: RequestTarget,
  { status, headers, body }: JsonAnswer,
): ProviderError {
  const isLimit = headers.has("retry-after") || headers.get("x-ratelimit-remaining") === "0" ||
    /rate limit/i.test(textAt(body, "message") ?? "");
  if (status === 403 && isLimit) {
    return rateLimitedError(party, retryAt(headers, ctx.now()) ?? readReset(ctx, headers));
  }
  if (status === 403 && body === undefined) return blockedByProxyError(party);
  const token = party.account.secret.reveal();
  const hint = /^(?:ghp_|github_pat_|ghs_)/.test(token)
    ? `Sign in to Copilot in an editor or with gh: the token in ${party.account.source} is of a kind it does not accept`
    : `Check that this GitHub account has Copilot (${party.account.source}), or set SYNTRACK_COPILOT_ENABLED=false`;
  return refusedError(party, `status ${status}`, hint);
}

/** GitHub states when requests are allowed again, in epoch seconds. */
function readReset(ctx: ProviderContext, headers: Headers): number | undefined {
  const at = v.parse(instantOrNull, headers.get("x-ratelimit-reset"));
  return at !== null && at > ctx.now() && at < ctx.now() + 86_400_000 ? at : undefined;
}
