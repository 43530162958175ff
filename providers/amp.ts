/**
 * Amp (ampcode.com): with a token, one call returns the text that `amp usage` prints; with a browser cookie,
 * the figures of Amp Free come from the route behind its settings page, or from the page itself.
 */
import { type ProviderContext, Secret } from "../lib/provider/context.ts";
import { cookieValue } from "../lib/provider_kit/cookie.ts";
import { badResponseError, jsonOrNothing, member } from "../lib/provider_kit/decode.ts";
import { jsonFile, type Named, textAt } from "../lib/provider_kit/login_file.ts";
import { type Answer, type LoginPlace, type Provider, ProviderError } from "../lib/provider/contract.ts";
import { createAnswer } from "../lib/provider_kit/readings.ts";
import {
  REDIRECTS,
  refusedError,
  type RequestTarget,
  requestText,
  type TextAnswer,
  unavailableError,
} from "../lib/provider_kit/request_json.ts";
import { sha256 } from "../lib/provider_kit/token.ts";
import { firstWords, ofText } from "./amp/display_text.ts";
import { readFreeTier } from "./amp/free_tier.ts";

const SITE = "https://ampcode.com";
const SECRETS: LoginPlace = {
  path: "${XDG_DATA_HOME:-~/.local/share}/amp/secrets.json",
  what: "the key of the Amp CLI",
};
const METHOD = "userDisplayBalanceInfo";

export const amp: Provider = {
  id: "amp",
  name: "Amp",
  aliases: ["ampcode"],
  hosts: ["ampcode.com"],
  official: false,
  vendor: {
    letters: "Ap",
    colour: "#b91c1c",
    usage: "https://ampcode.com/settings/usage",
  },
  pools: [
    { counts: "use", quotas: ["free-tier"] },
    { counts: "spend", quotas: ["individual-credits"] },
    { counts: "spend", quotas: ["workspace-credits-<workspace>"] },
    { counts: "use", quotas: ["agent-usage"] },
    { counts: "use", quotas: ["orb-usage"] },
  ],
  places: [SECRETS],
  settings: [
    { name: "AMP_API_KEY", secret: true, help: "Access token of Amp, sgamp_user_..." },
    { name: "AMP_SESSION_COOKIE", secret: true, help: "Cookie session of ampcode.com, for Amp Free only" },
    {
      name: "AMP_URL",
      secret: false,
      help: "URL of another Amp server, as for its CLI; https://ampcode.com by default",
    },
  ],
  baseUrlNames: ["AMP_URL"],
  signIn: "Sign in with the Amp CLI",
  everyMs: 300_000,

  async accounts(ctx) {
    const key = ctx.find("AMP_API_KEY");
    if (key) return [createAccount(key, "token")];
    const cookie = findCookie(ctx);
    if (cookie) return [createAccount(cookie, "cookie")];
    const login = await keyOfCli(ctx);
    return login ? [{ ...createAccount(login, "token"), file: SECRETS.path }] : [];
  },

  read(ctx, account): Promise<Answer> {
    const party: RequestTarget = { vendor: "Amp", account };
    return account.facts?.way === "cookie" ? readFreeTier(ctx, party, askAmp) : readText(ctx, party);
  },
};

function createAccount({ value, source }: Pick<Named, "value" | "source">, way: "token" | "cookie") {
  return { name: "default", source, secret: new Secret(value), facts: { way } };
}

function findCookie(ctx: ProviderContext) {
  const found = ctx.find("AMP_SESSION_COOKIE");
  if (!found) return undefined;
  const value = cookieValue(found.value, "session");
  if (value !== undefined) return { value, source: found.source };
  throw new ProviderError("missing", 'AMP_SESSION_COOKIE does not contain the cookie "session"', {
    hint: 'Copy the value of the cookie "session" of ampcode.com into AMP_SESSION_COOKIE',
  });
}

/** The CLI stores a key for each Amp server, under its address. */
async function keyOfCli(ctx: ProviderContext) {
  const keys = await jsonFile(ctx, SECRETS);
  const url = ctx.env("AMP_URL") ?? SITE;
  const origin = URL.canParse(url) ? new URL(url).origin : SITE;
  const value = textAt(keys, `apiKey@${origin}/`) ?? textAt(keys, `apiKey@${origin}`);
  return value === undefined ? undefined : { value, source: "the key of the Amp CLI in secrets.json" };
}

async function readText(ctx: ProviderContext, party: RequestTarget): Promise<Answer> {
  const { text } = await askAmp(ctx, party, `/api/internal?${METHOD}`, {
    method: "POST",
    headers: {
      authorization: `Bearer ${party.account.secret.reveal()}`,
      "content-type": "application/json",
      accept: "application/json",
    },
    body: JSON.stringify({ method: METHOD, params: {} }),
  });
  const body = parseAnswer(party, text);
  if (member(body, "ok") === false) {
    if (textAt(body, "error", "code") === "auth-required") throw refusedError(party, "it asks to sign in");
    throw badResponseError("Amp answered that it failed", body);
  }
  const shown = textAt(body, "result", "displayText");
  if (shown === undefined) throw badResponseError("Amp answered without a text", body);
  const { readings, dropped, plan, signedInAs, recognised } = ofText(shown, ctx.now());
  // The text contains an email address, so the error includes only the starts of its lines.
  if (!recognised) {
    throw badResponseError("Amp answered with text in an unknown format", listBeginnings(shown));
  }
  return createAnswer("Amp", listBeginnings(shown), { readings, dropped }, {
    ...plan === undefined ? {} : { plan },
    ...signedInAs === undefined ? {} : { identity: await sha256(signedInAs) },
  });
}

function listBeginnings(text: string): string {
  const lines = text.split("\n").map(firstWords);
  return lines.filter((line) => !/^signed in/i.test(line)).join("\n");
}

/**
 * Sends one request. A signed-out user is redirected to the login
 * page, or gets it instead of the requested content.
 */
async function askAmp(
  ctx: ProviderContext,
  party: RequestTarget,
  path: string,
  init: Parameters<typeof requestText>[3],
): Promise<TextAnswer> {
  const answer = await requestText(ctx, party, `${SITE}${path}`, {
    ...init,
    redirect: "manual",
    expected: [...init?.expected ?? [], ...REDIRECTS],
  });
  if (!REDIRECTS.includes(answer.status)) return answer;
  const where = answer.headers.get("location") ?? "";
  if (/auth|sign-?in|log-?in/i.test(where)) throw refusedError(party, "it asks to sign in");
  throw unavailableError(party, "it redirects to another address");
}

function parseAnswer(party: RequestTarget, text: string): unknown {
  const body = jsonOrNothing(text);
  if (body !== undefined) return body;
  if (/^\s*</.test(text) && /sign[ -]?in|log[ -]?in/i.test(text)) {
    throw refusedError(party, "it asks to sign in");
  }
  throw badResponseError("Amp answered with something other than JSON", text);
}
