/**
 * Grok: the subscription's credits, as the Grok CLI requests them, and a team's prepaid balance at the xAI
 * platform. A figure the vendor omits is unknown, not 0, because a wrong 0 would hide a used-up account.
 */
import * as v from "valibot";
import { type ProviderContext, Secret } from "../lib/provider/context.ts";
import {
  badResponseError,
  containsFigure,
  instantOrNull,
  isRecord,
  member,
} from "../lib/provider_kit/decode.ts";
import { firstSetting, jsonFile, textAt } from "../lib/provider_kit/login_file.ts";
import {
  type Account,
  type Answer,
  type LoginPlace,
  type Provider,
  ProviderError,
} from "../lib/provider/contract.ts";
import { NOT_UNDERSTOOD } from "../lib/provider_kit/pages.ts";
import {
  balanceReading,
  createAnswer,
  createGathering,
  type Gathering,
} from "../lib/provider_kit/readings.ts";
import { refuseExpired, requestJson, type RequestTarget } from "../lib/provider_kit/request_json.ts";
import {
  addProducts,
  type Billing,
  creditsPart,
  onDemand,
  parseCents,
  readPrepaid,
  readSpend,
  reportUnknown,
} from "./grok/billing.ts";

const CLI_HOST = "cli-chat-proxy.grok.com";
const PLATFORM_HOST = "management-api.x.ai";
const REMEDY = "Run grok once to sign in again";
const LOGIN: LoginPlace = { path: "${GROK_HOME:-~/.grok}/auth.json", what: "the login of the Grok CLI" };
/** Name prefixes of the logins the subscription accepts, the best first. */
const SCOPES = ["https://auth.x.ai::", "https://accounts.x.ai/sign-in"];

export const grok: Provider = {
  id: "grok",
  name: "Grok",
  aliases: ["xai"],
  hosts: [CLI_HOST, PLATFORM_HOST],
  official: false,
  vendor: {
    letters: "Gr",
    colour: "#3f4650",
    usage: "https://grok.com/?_s=usage",
    status: "https://status.x.ai/",
  },
  pools: [
    { counts: "use", quotas: ["credits", ["product-*"], "monthly-spend"] },
    { counts: "spend", quotas: ["on-demand", "prepaid-balance"] },
  ],
  places: [LOGIN],
  settings: [
    { name: "GROK_TOKEN", secret: true, help: "Token of a login of the Grok CLI; its own file unless set" },
    { name: "GROK_OAUTH_TOKEN", secret: true, help: "The same under another name", alias: true },
    { name: "GROK_HOME", secret: false, home: true, help: "Folder of the Grok CLI, ~/.grok by default" },
    { name: "XAI_MANAGEMENT_API_KEY", secret: true, help: "Management key of console.x.ai, for its balance" },
    { name: "XAI_TEAM_ID", secret: false, help: "Team the management key belongs to" },
  ],
  signIn: "Sign in with the Grok CLI",
  everyMs: 300_000,

  async accounts(ctx) {
    const subscription = findToken(ctx) ?? await findLogin(ctx);
    const platform = findPlatform(ctx);
    return [subscription, platform].filter((one) => one !== undefined);
  },

  read(ctx, account): Promise<Answer> {
    const party: RequestTarget = { vendor: "Grok", account };
    return account.facts?.platform === undefined
      ? readSubscription(ctx, party)
      : readPlatform(ctx, party, account.facts.platform);
  },
};

function findToken(ctx: ProviderContext): Account | undefined {
  const found = firstSetting(ctx, ["GROK_TOKEN", "GROK_OAUTH_TOKEN"]);
  if (!found) return undefined;
  const { value, source } = found;
  const remedy = value.startsWith("xai-")
    ? `${source} contains an API key of the xAI platform: sign in with the Grok CLI for the subscription`
    : `Sign in with the Grok CLI again and renew ${source}`;
  return { name: "default", source, secret: new Secret(value), remedy };
}

/** Returns the best valid login in the CLI's file, or else the best expired one. */
async function findLogin(ctx: ProviderContext): Promise<Account | undefined> {
  const logins = await jsonFile(ctx, LOGIN);
  const found = Object.entries(logins ?? {}).flatMap(([scope, entry]) => {
    const key = textAt(entry, "key");
    const expiresAt = v.parse(instantOrNull, member(entry, "expires_at"));
    return key === undefined ? [] : [{ scope, entry, key, expiresAt }];
  }).toSorted((a, b) => rank(a.scope) - rank(b.scope));
  const best = found.find(({ expiresAt }) => expiresAt === null || expiresAt > ctx.now()) ?? found[0];
  if (!best) {
    if (logins === undefined || Object.keys(logins).length === 0) return undefined;
    throw new ProviderError("missing", "The login of the Grok CLI holds no key", { hint: REMEDY });
  }
  const user = textAt(best.entry, "user_id");
  const team = textAt(best.entry, "team_id");
  return {
    name: "default",
    source: "the login of the Grok CLI",
    secret: new Secret(best.key),
    remedy: REMEDY,
    file: LOGIN.path,
    ...best.expiresAt === null ? {} : { expiresAt: best.expiresAt },
    ...user === undefined ? {} : { identity: team === undefined ? user : `${user}/${team}` },
  };
}

function rank(scope: string): number {
  const index = SCOPES.findIndex((start) => scope.startsWith(start));
  return index < 0 ? SCOPES.length : index;
}

function findPlatform(ctx: ProviderContext): Account | undefined {
  const found = ctx.find("XAI_MANAGEMENT_API_KEY");
  if (!found) return undefined;
  const team = ctx.env("XAI_TEAM_ID") ?? "";
  return {
    name: "platform",
    source: found.source,
    secret: new Secret(found.value),
    facts: { platform: team },
    ...team === "" ? {} : { identity: team },
  };
}

async function readSubscription(ctx: ProviderContext, party: RequestTarget): Promise<Answer> {
  refuseExpired(ctx, party);
  const answer = await askCli(ctx, party, "billing?format=credits");
  const config = member(answer, "config");
  if (!isRecord(config)) throw badResponseError("Grok answered without its figures", answer);

  const credits = creditsPart(config);
  const plain = credits?.used === undefined || credits.used === null
    ? await readPlainBilling(ctx, party)
    : {};
  const monthly = isRecord(plain.config) ? readSpend(plain.config) : undefined;
  if (!credits && !monthly) {
    throw plain.failure ?? badResponseError("Grok answered in an unknown format", answer);
  }
  const found = createGathering();
  reportUnknown(found, config);
  if (plain.config) reportUnknown(found, plain.config);
  if (plain.isStrange) found.drop("the monthly figures", NOT_UNDERSTOOD);
  if (plain.failure || plain.isStrange) found.miss(plain.failure, "monthly-spend", "on-demand");
  for (
    // With only the month's money stated, the credits still exist, but are unknown.
    const reading of [credits ?? creditsPart({ currentPeriod: {} }), monthly]
  ) if (reading) found.add(reading);
  addProducts(found, config);
  // Once a prepaid balance is spent, it is 0, and not unknown.
  const hasPrepaid = (await ctx.lastReadings()).some(({ quota }) => quota === "prepaid-balance");
  const balance = readPrepaid(config, hasPrepaid);
  for (const reading of [onDemand(config, plain.config), balance]) if (reading) found.add(reading);
  const plan = textAt(answer, "subscriptionTier") ?? await fetchPlan(ctx, party, found);
  return createAnswer("Grok", answer, found, plan === undefined ? {} : { plan });
}

async function askCli(ctx: ProviderContext, party: RequestTarget, what: string): Promise<unknown> {
  const { body } = await requestJson(ctx, party, `https://${CLI_HOST}/v1/${what}`, {
    headers: {
      authorization: `Bearer ${party.account.secret.reveal()}`,
      // Without it the route answers that it does not exist.
      "x-xai-token-auth": "xai-grok-cli",
    },
  });
  return body;
}

interface Plain {
  readonly config?: Billing;
  /** True for a response whose figures are in other fields. */
  readonly isStrange?: boolean;
  readonly failure?: unknown;
}

/** Returns the monthly figures in money, if the vendor has them; the rest counts without them. */
async function readPlainBilling(ctx: ProviderContext, party: RequestTarget): Promise<Plain> {
  try {
    const answer = await askCli(ctx, party, "billing");
    const config = member(answer, "config");
    return isRecord(config) ? { config } : { isStrange: containsFigure(answer) };
  } catch (failure) {
    ctx.log.info("The monthly figures could not be read", { account: party.account.name });
    return { failure };
  }
}

async function fetchPlan(
  ctx: ProviderContext,
  party: RequestTarget,
  found: Gathering,
): Promise<string | undefined> {
  try {
    return textAt(await askCli(ctx, party, "settings"), "subscription_tier_display");
  } catch (error) {
    // A display name is not worth a failed poll.
    found.miss(error);
    return undefined;
  }
}

async function readPlatform(ctx: ProviderContext, party: RequestTarget, team: string): Promise<Answer> {
  if (!/^[A-Za-z0-9_-]{1,128}$/.test(team)) {
    throw new ProviderError("missing", "XAI_TEAM_ID is not set to the id of a team", {
      hint: "Set XAI_TEAM_ID to the id that console.x.ai shows for the team",
    });
  }
  const url = `https://${PLATFORM_HOST}/v1/billing/teams/${team}/prepaid/balance`;
  const { body } = await requestJson(ctx, party, url, {
    headers: { authorization: `Bearer ${party.account.secret.reveal()}` },
  });
  // The vendor books credit as a negative sum.
  const total = parseCents(member(body, "total"));
  if (total === null) throw badResponseError("The xAI platform answered without a balance", body);
  return { readings: [balanceReading("prepaid-balance", "Prepaid balance", total === 0 ? 0 : -total)] };
}
