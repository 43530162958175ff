/**
 * Azure OpenAI: how much of a region's quota is allocated to deployments, which is not use; and on request
 * the per-minute remainder of one deployment, which costs a few tokens to ask.
 */
import { type ProviderContext, Secret } from "../lib/provider/context.ts";
import { isOn, readUnlessFailed } from "../lib/provider_kit/pages.ts";
import { type Account, type Answer, type Provider, ProviderError } from "../lib/provider/contract.ts";
import { createAnswer, createGathering, type Gathering } from "../lib/provider_kit/readings.ts";
import { refuseExpired, type RequestTarget } from "../lib/provider_kit/request_json.ts";
import { tokenExpiry } from "../lib/provider_kit/token.ts";
import { chooseCloud, CLOUDS, managementToken } from "./azure_openai/login.ts";
import { listDeployments, type Management, readAllocations } from "./azure_openai/management.ts";
import { type Probe, readProbe } from "./azure_openai/probe.ts";

const ENDINGS = [
  ".openai.azure.com",
  ".services.ai.azure.com",
  ".cognitiveservices.azure.com",
  ".openai.azure.us",
  ".openai.azure.cn",
];

export const azureOpenai: Provider = {
  id: "azure-openai",
  name: "Azure OpenAI",
  aliases: ["azure"],
  hosts: Object.values(CLOUDS).flatMap(({ login, management }) => [management, login]),
  hostEndings: ENDINGS,
  official: true,
  vendor: {
    letters: "Az",
    colour: "#0067b8",
    usage: "https://ai.azure.com/",
    status: "https://azure.status.microsoft/en-us/status",
  },
  pools: [
    { counts: "none", quotas: ["*"] },
  ],
  settings: [
    { name: "AZURE_CLIENT_SECRET", secret: true, help: "Secret of an application that may read usages" },
    {
      name: "AZURE_ACCESS_TOKEN",
      secret: true,
      help: "Or a management access token; valid for an hour",
    },
    {
      name: "AZURE_OPENAI_API_KEY",
      secret: true,
      help: "Key of a resource, for the limits of one deployment",
    },
    { name: "AZURE_TENANT_ID", secret: false, help: "Tenant of the application" },
    { name: "AZURE_CLIENT_ID", secret: false, help: "Id of the application" },
    { name: "AZURE_SUBSCRIPTION_ID", secret: false, help: "The subscription" },
    { name: "AZURE_OPENAI_REGION", secret: false, help: "Region, for example swedencentral" },
    { name: "AZURE_CLOUD", secret: false, help: "public, usgov or china" },
    {
      name: "AZURE_OPENAI_RESOURCE_GROUP",
      secret: false,
      help: "Resource group, to show the limits configured for deployments",
    },
    { name: "AZURE_OPENAI_ACCOUNT_NAME", secret: false, help: "Name of the resource in it" },
    { name: "AZURE_OPENAI_ENDPOINT", secret: false, help: "https://<resource>.openai.azure.com" },
    { name: "AZURE_OPENAI_DEPLOYMENT_NAME", secret: false, help: "The deployment to probe" },
    { name: "AZURE_OPENAI_API_VERSION", secret: false, help: "2024-10-21 by default" },
    {
      name: "AZURE_OPENAI_PROBE",
      secret: false,
      help: "1 probes the deployment at each poll, which is billed",
    },
  ],
  everyMs: 3_600_000,

  // deno-lint-ignore require-await -- a broken setting is to be a rejection, never a throw
  async accounts(ctx) {
    const key = ctx.find("AZURE_OPENAI_API_KEY");
    const login = managementLogin(ctx);
    if (!login && !key) return [];
    const probe = chooseProbe(ctx);
    const also = key && probe ? { apiKey: new Secret(key.value) } : undefined;
    const hosts = probe ? [probe.endpoint.hostname] : undefined;
    const account: Account = login ??
      { name: "default", source: key?.source ?? "", secret: new Secret(key?.value ?? "") };
    return [{ ...account, ...also && { also }, ...hosts && { hosts } }];
  },

  async read(ctx, account): Promise<Answer> {
    const party: RequestTarget = { vendor: "Azure", account };
    const probe = chooseProbe(ctx);
    const isManager = account.facts?.manager !== undefined;
    if (!isManager && !probe) {
      throw new ProviderError("missing", "A key of Azure OpenAI alone is not enough", {
        hint: "Set AZURE_TENANT_ID, AZURE_CLIENT_ID, AZURE_CLIENT_SECRET, AZURE_SUBSCRIPTION_ID and " +
          "AZURE_OPENAI_REGION, or AZURE_OPENAI_PROBE=1, which bills a few tokens for each poll",
      });
    }
    refuseExpired(ctx, party);
    const managed: Collected = isManager ? await readManaged(ctx, party) : { readings: [], dropped: [] };
    if (!probe) return createAnswer("Azure", null, managed);
    const found = createGathering();
    const minute = managed.readings.length > 0
      ? await readUnlessFailed(ctx, "probe", () => readProbe(ctx, party, probe), ["*-per-minute"], found) ??
        []
      : await readProbe(ctx, party, probe);
    return createAnswer("Azure", null, {
      readings: [...minute, ...managed.readings],
      dropped: [...managed.dropped, ...found.dropped],
      unread: found.unread ? [...found.unread, ...managed.unread ?? []] : managed.unread,
    });
  },
};

/** Azure logins serve many purposes: use one only when the region is set. */
function managementLogin(ctx: ProviderContext): Account | undefined {
  if (ctx.env("AZURE_OPENAI_REGION") === undefined) return undefined;
  const token = ctx.find("AZURE_ACCESS_TOKEN");
  const common = { name: "default" };
  if (token) {
    const remedy = "Set AZURE_ACCESS_TOKEN to a new token: it lives for about an hour";
    const { source } = token;
    const expiresAt = tokenExpiry(token.value);
    return {
      ...common,
      source,
      secret: new Secret(token.value),
      remedy,
      ...expiresAt === undefined ? {} : { expiresAt },
      facts: { manager: "token" },
    };
  }
  const secret = ctx.find("AZURE_CLIENT_SECRET");
  const [tenant, client] = [ctx.env("AZURE_TENANT_ID"), ctx.env("AZURE_CLIENT_ID")];
  if (!secret || tenant === undefined || client === undefined) return undefined;
  const facts = { manager: "application", tenant, client };
  return { ...common, source: secret.source, secret: new Secret(secret.value), facts };
}

type Collected = Pick<Gathering, "readings" | "dropped" | "unread">;

async function readManaged(
  ctx: ProviderContext,
  party: RequestTarget,
): Promise<Collected> {
  const subscription = ctx.env("AZURE_SUBSCRIPTION_ID");
  const region = (ctx.env("AZURE_OPENAI_REGION") ?? "").toLowerCase().replaceAll(" ", "");
  if (subscription === undefined || !/^[0-9a-zA-Z-]{1,64}$/.test(subscription)) {
    throw new ProviderError("missing", "It is not clear which subscription to poll", {
      hint: "Set AZURE_SUBSCRIPTION_ID",
    });
  }
  if (!/^[a-z0-9]{1,40}$/.test(region)) {
    throw new ProviderError("missing", "AZURE_OPENAI_REGION is not a region", {
      hint: "Set it to a name such as swedencentral",
    });
  }
  const management: Management = {
    subscription: `https://${chooseCloud(ctx).management}/subscriptions/${subscription}`,
    token: await managementToken(ctx, party.account),
  };
  const allocated = await readAllocations(ctx, party, management, region);
  const [group, account] = [ctx.env("AZURE_OPENAI_RESOURCE_GROUP"), ctx.env("AZURE_OPENAI_ACCOUNT_NAME")];
  if (group === undefined || account === undefined) return allocated;
  const set = await readUnlessFailed(
    ctx,
    "deployments",
    () => listDeployments(ctx, party, management, { group, account }, allocated),
    ["deployment-*"],
    allocated,
  );
  const { dropped, unread } = allocated;
  return { readings: [...allocated.readings, ...set ?? []], dropped, unread };
}

/**
 * Returns the probe, if the user turned it on.
 * @throws {ProviderError} `missing` when one of its settings is missing
 */
function chooseProbe(ctx: ProviderContext): Probe | undefined {
  if (!isOn(ctx, "AZURE_OPENAI_PROBE")) return undefined;
  const key = ctx.env("AZURE_OPENAI_API_KEY");
  const text = ctx.env("AZURE_OPENAI_ENDPOINT");
  const deployment = ctx.env("AZURE_OPENAI_DEPLOYMENT_NAME");
  if (key === undefined || text === undefined || deployment === undefined) {
    throw new ProviderError("missing", "AZURE_OPENAI_PROBE is on, but something it needs is not set", {
      hint: "Set AZURE_OPENAI_API_KEY, AZURE_OPENAI_ENDPOINT and AZURE_OPENAI_DEPLOYMENT_NAME",
    });
  }
  const endpoint = URL.canParse(text) ? new URL(text) : null;
  const isVendor = endpoint?.protocol === "https:" && endpoint.port === "" &&
    ENDINGS.some((ending) => endpoint.hostname.endsWith(ending));
  if (!endpoint || !isVendor) {
    throw new ProviderError("missing", "AZURE_OPENAI_ENDPOINT is not an Azure endpoint", {
      hint: "Set it to https://<resource>.openai.azure.com",
    });
  }
  const version = ctx.env("AZURE_OPENAI_API_VERSION") ?? "2024-10-21";
  return { endpoint, deployment, version, key };
}
