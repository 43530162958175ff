/**
 * Cursor: the current billing period, polled through the editor's API with its login; with a web cookie, or
 * when the editor's API is closed, through the web page's API.
 */
import type { ProviderContext } from "../lib/provider/context.ts";
import { member } from "../lib/provider_kit/decode.ts";
import { keychainCommands } from "../lib/provider_kit/keychain.ts";
import { firstSetting, textAt } from "../lib/provider_kit/login_file.ts";
import { type Account, type Answer, type Provider, ProviderError } from "../lib/provider/contract.ts";
import { createAnswer, createGathering, type Gathering } from "../lib/provider_kit/readings.ts";
import {
  type JsonAnswer,
  NO_SUCH_ROUTE,
  refusedError,
  refuseExpired,
  requestJson,
  type RequestTarget,
} from "../lib/provider_kit/request_json.ts";
import {
  type Credential,
  parseAccount,
  parseCredential,
  PLACES,
  TOKEN,
  toolLogin,
  USER,
} from "./cursor/login.ts";
import { addBot, addGrants, addRequests } from "./cursor/besides.ts";
import { addPeriod, addSummary } from "./cursor/usage.ts";

const RPC = "https://api2.cursor.sh/aiserver.v1.DashboardService";
const WEB = "https://cursor.com/api";
const CAP_BYTES = 64 * 1024;

export const cursor: Provider = {
  id: "cursor",
  name: "Cursor",
  hosts: ["api2.cursor.sh", "cursor.com"],
  official: false,
  vendor: {
    letters: "Cu",
    colour: "#1b1913",
    usage: "https://cursor.com/dashboard?tab=usage",
    status: "https://status.cursor.com/",
  },
  pools: [
    { counts: "use", quotas: [["auto", "api"], "total"] },
    { counts: "spend", quotas: ["on-demand", "team-on-demand"] },
    { counts: "use", quotas: ["credits"] },
    { counts: "use", quotas: ["grok-bot"] },
    { counts: "use", quotas: ["requests-<model>"] },
    { counts: "use", quotas: ["pool-<name>"] },
  ],
  settings: [
    {
      name: TOKEN,
      secret: true,
      help:
        "Access token of Cursor, or the cookie WorkosCursorSessionToken of cursor.com; without it the editor's login",
    },
    { name: USER, secret: false, help: "User the token belongs to, user_..., if it does not say so" },
  ],
  signIn: "Sign in to Cursor",
  places: PLACES,
  commands: keychainCommands("the login of the command line of Cursor"),
  everyMs: 300_000,

  async accounts(ctx) {
    const found = firstSetting(ctx, [TOKEN]);
    if (found) {
      const remedy = `Set ${found.name} to a new token, or remove it and sign in to Cursor`;
      return [parseAccount(found.value, found.source, { user: ctx.env(USER), remedy })];
    }
    const login = await toolLogin(ctx);
    return login ? [login] : [];
  },

  async read(ctx, account): Promise<Answer> {
    const party: RequestTarget = { vendor: "Cursor", account };
    refuseExpired(ctx, party);
    const credential = parseCredential(account.secret.reveal(), account.facts?.user);
    refuseKey(account, credential);
    const answer = credential.isCookie ? null : await askEditorsWay(ctx, party, credential);
    if (answer) return withPlan(answer, account);
    return withPlan(await askWeb(ctx, party, credential), account);
  },
};

function withPlan(answer: Answer, account: Account): Answer {
  const plan = answer.plan ?? account.facts?.plan;
  return plan === undefined ? answer : { ...answer, plan };
}

function refuseKey({ source }: Account, { token }: Credential): void {
  if (!/^(?:key_|crsr_)/.test(token)) return;
  throw new ProviderError("auth", `${source} contains an API key, which has no billing period to show`, {
    hint: `Sign in to Cursor instead, or set ${TOKEN} to the token of a login`,
  });
}

/** Returns the response of the editor's API; null when there is none and the web page's may be tried. */
async function askEditorsWay(
  ctx: ProviderContext,
  party: RequestTarget,
  credential: Credential,
): Promise<Answer | null> {
  const period = await currentPeriod(ctx, party, credential);
  if (period === null) return null;
  const { found, body } = period;
  if (period.isByRequest && credential.user !== undefined) {
    addRequests(found, (await callWeb(ctx, party, credential, requestsPath(credential.user))).body);
  }
  const more = (method: string, ...quotas: readonly string[]) =>
    readMore(ctx, party, credential, { method, quotas, found });
  const plan = textAt(await more("GetPlanInfo"), "planInfo", "planName");
  addGrants(found, await more("GetCreditGrantsBalance", "credits"));
  addBot(found, await more("GetSandUsageStatus", "grok-bot"));
  return createAnswer("Cursor", body, found, plan === undefined ? {} : { plan });
}

interface Period {
  readonly found: Gathering;
  /** True when the plan counts requests, which another call reports. */
  readonly isByRequest: boolean;
  readonly body: unknown;
}

async function currentPeriod(
  ctx: ProviderContext,
  party: RequestTarget,
  credential: Credential,
): Promise<Period | null> {
  const hasWeb = credential.user !== undefined;
  try {
    const expected = hasWeb ? NO_SUCH_ROUTE : [];
    const { status, body } = await callRpc(ctx, party, credential, "GetCurrentPeriodUsage", expected);
    if (NO_SUCH_ROUTE.includes(status)) return null;
    const found = createGathering();
    return { found, isByRequest: addPeriod(found, body), body };
  } catch (error) {
    if (hasWeb && member(error, "kind") === "bad_response") return null;
    throw error;
  }
}

interface MorePart {
  readonly method: string;
  /** The quotas it states. */
  readonly quotas: readonly string[];
  readonly found: Gathering;
}

/** Sends optional requests: the period is worth showing without them. */
async function readMore(
  ctx: ProviderContext,
  party: RequestTarget,
  credential: Credential,
  { method, quotas, found }: MorePart,
): Promise<unknown> {
  try {
    return (await callRpc(ctx, party, credential, method, NO_SUCH_ROUTE)).body;
  } catch (error) {
    if (member(error, "kind") === "rate_limited" || ctx.signal.aborted) throw error;
    found.miss(error, ...quotas);
    ctx.log.debug("Not reported", { account: party.account.name, method });
    return null;
  }
}

async function callRpc(
  ctx: ProviderContext,
  party: RequestTarget,
  { token }: Credential,
  method: string,
  expected: readonly number[] = [],
): Promise<JsonAnswer> {
  const answer = await requestJson(ctx, party, `${RPC}/${method}`, {
    method: "POST",
    headers: {
      authorization: `Bearer ${token}`,
      "content-type": "application/json",
      "connect-protocol-version": "1",
    },
    body: "{}",
    capBytes: CAP_BYTES,
    expected,
  });
  // Calls of this kind may fail with any status.
  if (member(answer.body, "code") === "unauthenticated") throw refusedError(party, "signed out");
  return answer;
}

/** Reads the summary, or the requests of old plans when there is none. */
async function askWeb(ctx: ProviderContext, party: RequestTarget, credential: Credential): Promise<Answer> {
  const { user = "" } = credential;
  const summary = await callWeb(ctx, party, credential, "usage-summary", NO_SUCH_ROUTE);
  const isMissing = NO_SUCH_ROUTE.includes(summary.status);
  const found = createGathering();
  const isByRequest = isMissing || addSummary(found, summary.body);
  if (isByRequest) addRequests(found, (await callWeb(ctx, party, credential, requestsPath(user))).body);
  const plan = isMissing ? undefined : textAt(summary.body, "membershipType");
  return createAnswer("Cursor", summary.body, found, plan === undefined ? {} : { plan });
}

function requestsPath(user: string): string {
  return `usage?user=${encodeURIComponent(user)}`;
}

function callWeb(
  ctx: ProviderContext,
  party: RequestTarget,
  { token, user = "" }: Credential,
  path: string,
  expected: readonly number[] = [],
): Promise<JsonAnswer> {
  return requestJson(ctx, party, `${WEB}/${path}`, {
    headers: { cookie: `WorkosCursorSessionToken=${encodeURIComponent(user)}%3A%3A${token}` },
    capBytes: CAP_BYTES,
    expected,
  });
}
