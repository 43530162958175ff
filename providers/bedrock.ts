/**
 * Amazon Bedrock, by account and region: the limits of Service Quotas, the usage CloudWatch measured for
 * models the user mapped, and on request the month's cost.
 */
import { DAY_MS } from "../lib/model/duration.ts";
import type { ProviderContext } from "../lib/provider/context.ts";
import type { Reading } from "../lib/model/quota.ts";
import {
  isContentFailure,
  isOn,
  kindOfFailure,
  NOT_UNDERSTOOD,
  readUnlessFailed,
} from "../lib/provider_kit/pages.ts";
import type { Account, Answer, Provider } from "../lib/provider/contract.ts";
import {
  createAnswer,
  createGathering,
  type Gathering,
  ONE_DAY,
  ONE_MINUTE,
} from "../lib/provider_kit/readings.ts";
import { computeRest } from "../lib/provider_kit/decode.ts";
import type { RequestTarget } from "../lib/provider_kit/request_json.ts";
import { type Call, call, formatHost } from "./bedrock/call.ts";
import { costReading, wantsCost } from "./bedrock/cost.ts";
import { COMMANDS, findAccount, findKeys, type Keys, PLACES } from "./bedrock/login.ts";
import { readUsage } from "./bedrock/metrics.ts";
import { type Ceiling, type Ceilings, idsFor, modelIds, readCeilings } from "./bedrock/quotas.ts";

export const bedrock: Provider = {
  id: "bedrock",
  name: "Amazon Bedrock",
  aliases: ["aws"],
  hosts: [formatHost("ce", "us-east-1")],
  hostEndings: [".amazonaws.com", ".amazonaws.com.cn"],
  official: true,
  vendor: {
    letters: "Be",
    colour: "#027a65",
    usage: "https://console.aws.amazon.com/bedrock",
    status: "https://health.aws.amazon.com/health/status",
  },
  pools: [
    { counts: "spend", quotas: ["monthly-cost"] },
    { counts: "none", quotas: ["tpm-*", "rpm-*"] },
    { counts: "use", quotas: ["tpd-<model>"] },
  ],
  settings: [
    {
      name: "AWS_SECRET_ACCESS_KEY",
      secret: true,
      help: "Secret access key, together with AWS_ACCESS_KEY_ID",
    },
    { name: "AWS_SESSION_TOKEN", secret: true, help: "For temporary keys" },
    { name: "AWS_ACCESS_KEY_ID", secret: false, help: "Access key" },
    { name: "AWS_PROFILE", secret: false, home: true, help: "Profile of the AWS command line" },
    { name: "AWS_SHARED_CREDENTIALS_FILE", secret: false, home: true, help: "~/.aws/credentials by default" },
    { name: "AWS_CONFIG_FILE", secret: false, home: true, help: "~/.aws/config by default" },
    {
      name: "BEDROCK_REGION",
      secret: false,
      help: "Region; else AWS_REGION, AWS_DEFAULT_REGION, the profile's",
    },
    { name: "AWS_REGION", secret: false, help: "Region" },
    { name: "AWS_DEFAULT_REGION", secret: false, help: "Region" },
    {
      name: "BEDROCK_MODELS",
      secret: false,
      help: "Which model has which id: Anthropic Claude X=us.anthropic.x;...",
    },
    { name: "BEDROCK_ONLY_MAPPED", secret: false, help: "1 shows only the models in BEDROCK_MODELS" },
    {
      name: "BEDROCK_MONTHLY_BUDGET_USD",
      secret: false,
      help: "Your budget; asks for costs, a cent four times a day",
    },
    { name: "BEDROCK_COST", secret: false, help: "1 queries costs without a budget" },
  ],
  places: PLACES,
  commands: COMMANDS,
  signIn: "Set AWS_PROFILE to a profile of the AWS command line",
  everyMs: 5 * 60_000,

  async accounts(ctx) {
    // AWS profiles serve many purposes: use one only when another setting refers to Bedrock.
    const isRequested = ["BEDROCK_REGION", "BEDROCK_MODELS", "BEDROCK_MONTHLY_BUDGET_USD", "BEDROCK_COST"]
      .some((name) => ctx.env(name) !== undefined);
    const account = await findAccount(ctx, isRequested);
    if (!account) return [];
    const region = account.facts?.region ?? "";
    return [{
      ...account,
      hosts: [formatHost("servicequotas", region), formatHost("monitoring", region), costCall(region).host],
    }];
  },

  async read(ctx, account): Promise<Answer> {
    const party: RequestTarget = { vendor: "AWS", account };
    const keys = await findKeys(ctx, account);
    const found = createGathering();
    let failure: unknown;
    const limits = await limitReadings(ctx, party, keys, found).catch((error) => {
      if (kindOfFailure(error) === "rate_limited" || !wantsCost(ctx)) throw error;
      failure = error;
      return null;
    });
    const costs = wantsCost(ctx)
      ? await readUnlessFailed(
        ctx,
        "costs",
        () => costReading(ctx, createCall(ctx, party, keys, costCall(readRegion(account)).call)),
        ["monthly-cost"],
        found,
      )
      : null;
    if (limits === null && costs === null) throw failure;
    if (costs?.used === null) found.drop("costs", "no sum of this month");
    const owner = limits?.owner;
    if (limits === null) {
      if (isContentFailure(failure)) found.drop("ceilings", NOT_UNDERSTOOD);
      found.miss(failure, ...CEILING_IDS);
    }
    const readings = [...costs ? [costs] : [], ...limits?.readings ?? []];
    return createAnswer("AWS", null, {
      readings,
      dropped: found.dropped,
      unread: found.unread,
    }, {
      // Keys get rotated and regions change: figures belong to an account in a region.
      ...owner ? { identity: `${owner} ${readRegion(account)}` } : {},
    });
  },
};

/** The ids of limits: tokens or requests, per minute or day. */
const CEILING_IDS = ["tpm-*", "tpd-*", "rpm-*", "rpd-*"];

function readRegion(account: Account): string {
  return account.facts?.region ?? "us-east-1";
}

/** Costs for all regions come from one place. */
function costCall(region: string) {
  const at = region.startsWith("cn-") ? "cn-northwest-1" : "us-east-1";
  return {
    host: formatHost("ce", at),
    call: { service: "ce", region: at, target: "AWSInsightsIndexService.GetCostAndUsage", version: "1.1" },
  } as const;
}

function createCall(
  ctx: ProviderContext,
  party: RequestTarget,
  keys: Keys,
  one: Omit<Call, "body">,
): (body: unknown) => Promise<unknown> {
  return (body) => call(ctx, party, keys, { ...one, body });
}

interface Limits {
  readonly readings: readonly Reading[];
  readonly owner: string | null;
}

async function limitReadings(
  ctx: ProviderContext,
  party: RequestTarget,
  keys: Keys,
  found: Gathering,
): Promise<Limits> {
  const region = readRegion(party.account);
  const { all, owner, strange } = await ceilingsOfToday(
    ctx,
    createCall(ctx, party, keys, {
      service: "servicequotas",
      region,
      target: "ServiceQuotasV20190624.ListServiceQuotas",
      version: "1.1",
    }),
  );
  if (strange > 0) found.drop(`${strange} ceilings`, "no figure or no name");
  const ids = modelIds(ctx);
  const metrics = createCall(ctx, party, keys, {
    service: "monitoring",
    region,
    target: "GraniteServiceVersion20100801.GetMetricData",
    version: "1.0",
  });
  const used = ids.size === 0 ? null : await readUnlessFailed(
    ctx,
    "measured use",
    () => readUsage(metrics, all, ids, ctx.now(), found),
    [],
    found,
  );
  const onlyMapped = isOn(ctx, "BEDROCK_ONLY_MAPPED");
  const shown = onlyMapped ? all.filter((one) => idsFor(one, ids, all).length > 0) : all;
  const readings = shown.map((one) => createReading(one, used?.get(one.quota) ?? null, ctx.now()))
    // A limit of 0 is a model that cannot be called there.
    .filter((one) => one.limit !== 0 || (one.used ?? 0) > 0)
    .toSorted((a, b) => Number(a.used === null) - Number(b.used === null));
  return { readings, owner };
}

/** Requests the limits once a day, because they rarely change. */
async function ceilingsOfToday(
  ctx: ProviderContext,
  call: (body: unknown) => Promise<unknown>,
): Promise<Ceilings> {
  const known = ctx.memory.get("ceilings") as
    | { readonly at: number; readonly found: Ceilings }
    | undefined;
  if (known && ctx.now() - known.at < DAY_MS) return known.found;
  const found = await readCeilings(call);
  ctx.memory.set("ceilings", { at: ctx.now(), found });
  return found;
}

function createReading(
  { quota, unit, per, scope, model, limit }: Ceiling,
  used: number | null,
  now: number,
): Reading {
  const isDaily = per === "day";
  const midnight = (Math.floor(now / DAY_MS) + 1) * DAY_MS;
  return {
    quota,
    label: `${model.slice(0, 80)} ${unit} per ${per}${scope === null ? "" : ` (${scope})`}`,
    unit,
    used,
    limit,
    remaining: computeRest(limit, used),
    window: isDaily ? ONE_DAY : ONE_MINUTE,
    resetsAt: isDaily ? midnight : null,
  };
}
