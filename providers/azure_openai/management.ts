/** How a region's quotas are allocated, and the per-minute limits of each deployment. */
import * as v from "valibot";
import type { ProviderContext } from "../../lib/provider/context.ts";
import {
  amountOrNull,
  badResponseError,
  computeRest,
  decode,
  isNoLimit,
  type KnownMembers,
  lenientNumber,
  limitOrNull,
  member,
  orNull,
  slug,
  tidy,
  unknownFigures,
} from "../../lib/provider_kit/decode.ts";
import type { Reading } from "../../lib/model/quota.ts";
import { readAllPages } from "../../lib/provider_kit/pages.ts";
import { ProviderError } from "../../lib/provider/contract.ts";
import { ALLOCATION, createGathering, type Gathering } from "../../lib/provider_kit/readings.ts";
import { requestJson, type RequestTarget } from "../../lib/provider_kit/request_json.ts";

/** Quotas in thousands of tokens a minute. Other rows count something else. */
const NAME = /^(?:OpenAI|AIServices)\.(Standard|GlobalStandard|DataZoneStandard)\.(.+)$/;

export interface Management {
  /** `https://management.azure.com/subscriptions/...` */
  readonly subscription: string;
  readonly token: string;
}

async function fetchPages(
  ctx: ProviderContext,
  party: RequestTarget,
  { token }: Management,
  url: string,
): Promise<readonly unknown[]> {
  const { host } = new URL(url);
  return await readAllPages(async (cursor) => {
    const headers = { authorization: `Bearer ${token}` };
    return (await requestJson(ctx, party, cursor ?? url, { headers, explain })).body;
  }, (page) => {
    const next = member(page, "nextLink");
    if (typeof next !== "string" || next === "") return null;
    // The token stays with its host.
    return URL.canParse(next) && new URL(next).host === host ? next : undefined;
  });
}

function explain(status: number, body: unknown): ProviderError | undefined {
  if (status !== 403 || member(member(body, "error"), "code") !== "AuthorizationFailed") return undefined;
  return new ProviderError("auth", "This login is not allowed to read the usages of the subscription", {
    hint:
      "Give it the role Cognitive Services Usages Reader on the subscription, and check AZURE_SUBSCRIPTION_ID",
  });
}

const Page = v.object({ value: v.array(v.unknown()) });
/** The vendor's words for whether it serves calls against a quota. */
const VERDICTS: ReadonlyMap<unknown, boolean> = new Map([
  ["included", true],
  ["inoverage", true],
  ["blocked", false],
]);

const Usage = v.object({
  name: v.object({ value: v.string() }),
  status: v.optional(v.unknown()),
  currentValue: amountOrNull,
  limit: v.pipe(
    v.unknown(),
    v.transform((limit) => ({ thousands: v.parse(limitOrNull, limit), isOpen: isNoLimit(limit) })),
  ),
});

const KNOWN_USAGE: KnownMembers = {
  id: true,
  name: true,
  unit: true,
  status: true,
  currentValue: "amount",
  limit: true,
  nextResetTime: "instant",
  quotaPeriod: true,
};
const KNOWN_DEPLOYMENT: KnownMembers = {
  id: true,
  name: true,
  type: true,
  etag: true,
  sku: true,
  tags: true,
  systemData: true,
  properties: {
    model: true,
    capabilities: true,
    currentCapacity: true,
    callRateLimit: true,
    capacitySettings: true,
    scaleSettings: true,
    rateLimits: { key: true, renewalPeriod: true, count: "figure", rules: true },
  },
};

/**
 * Returns how much of each of the region's quotas is given to deployments. It is not use, and never resets.
 */
export async function readAllocations(
  ctx: ProviderContext,
  party: RequestTarget,
  management: Management,
  region: string,
): Promise<Gathering> {
  const url = `${management.subscription}/providers/Microsoft.CognitiveServices/locations/${region}/usages` +
    "?api-version=2023-05-01";
  const rows = (await fetchPages(ctx, party, management, url)).flatMap((page) => decode(Page, page).value);
  const usages = rows.map((row) => v.safeParse(Usage, row)).filter((row) => row.success);
  if (usages.length === 0 && rows.length > 0) {
    throw badResponseError("Azure answered in an unknown format", rows);
  }
  const found = createGathering();
  for (const { what, why } of unknownFigures(rows, KNOWN_USAGE)) found.drop(what, why);
  if (usages.length < rows.length) found.drop(`${rows.length - usages.length} usages`, "without a name");
  for (const { output: { name, status, currentValue, limit: { thousands, isOpen } } } of usages) {
    const allowed = VERDICTS.get(typeof status === "string" ? status.toLowerCase() : status);
    const [, sku = "", model = ""] = NAME.exec(name.value) ?? [];
    const id = slug(`${sku}.${model}`);
    // Quotas of other kinds, and models that cannot be deployed there.
    if (model === "" || (thousands === 0 && currentValue === 0)) continue;
    if (id === "" || (thousands === null && !isOpen)) {
      found.drop(name.value.slice(0, 100), id === "" ? "no name" : "no ceiling");
      continue;
    }
    const used = currentValue === null ? null : tidy(currentValue * 1000);
    const limit = thousands === null ? null : tidy(thousands * 1000);
    found.add({
      quota: `tpm-allocated-${id}`,
      label: `${model.slice(0, 80)} tokens per minute allocated (${sku})`,
      unit: "tokens",
      used,
      limit,
      remaining: computeRest(limit, used),
      window: ALLOCATION,
      resetsAt: null,
      ...allowed === undefined ? {} : { allowed },
    });
  }
  return found;
}

const LIMIT_KINDS: ReadonlyMap<string, "rpm" | "tpm"> = new Map([["request", "rpm"], ["token", "tpm"]]);

const Deployment = v.object({
  name: v.string(),
  properties: v.object({
    // Null when they are unreadable.
    rateLimits: v.nullish(
      v.fallback(
        v.nullable(
          v.array(v.object({ key: v.string(), renewalPeriod: orNull(lenientNumber), count: limitOrNull })),
        ),
        null,
      ),
      [],
    ),
  }),
});

/** Returns the limits of an account's deployments, without their use. */
export async function listDeployments(
  ctx: ProviderContext,
  party: RequestTarget,
  management: Management,
  place: { readonly group: string; readonly account: string },
  found: Pick<Gathering, "drop">,
): Promise<readonly Reading[]> {
  const [group, account] = [place.group, place.account].map(encodeURIComponent);
  const url = `${management.subscription}/resourceGroups/${group}/providers/Microsoft.CognitiveServices` +
    `/accounts/${account}/deployments?api-version=2024-10-01`;
  const readings = new Map<string, Reading>();
  for (const page of await fetchPages(ctx, party, management, url)) {
    const rows = decode(Page, page).value;
    for (const { what, why } of unknownFigures(rows, KNOWN_DEPLOYMENT)) {
      found.drop(`deployments ${what}`, why);
    }
    for (const row of rows) {
      const { success, output } = v.safeParse(Deployment, row);
      if (!success) {
        found.drop("deployments", "a deployment that is not understood");
        continue;
      }
      const { rateLimits } = output.properties;
      if (rateLimits === null) {
        found.drop(`deployments ${output.name.slice(0, 60)}`, "limits that are not understood");
      }
      for (const { key, renewalPeriod, count } of rateLimits ?? []) {
        const kind = LIMIT_KINDS.get(key.toLowerCase()) ?? null;
        if (kind === null) {
          found.drop(`deployments rateLimits ${key.slice(0, 60)}`, "a limit of an unknown kind");
        }
        const quota = `deployment-${kind}-${slug(output.name)}`;
        if (kind === null || count === null || count === 0 || slug(output.name) === "") continue;
        const seconds = renewalPeriod !== null && renewalPeriod >= 1
          ? Math.min(Math.round(renewalPeriod), 86_400)
          : 60;
        const before = readings.get(quota);
        const isSame = before?.limit === count && before.window.seconds === seconds;
        if (before && !isSame) {
          found.drop(`${quota} ${count} in ${seconds} s`, "another limit of the same name is shown");
        }
        if (before) continue;
        readings.set(quota, {
          quota,
          label: `${output.name.slice(0, 80)}: ${kind === "rpm" ? "requests" : "tokens"} per ${seconds} s`,
          unit: kind === "rpm" ? "requests" : "tokens",
          used: null,
          limit: count,
          remaining: null,
          window: { kind: "rolling", seconds },
          resetsAt: null,
        });
      }
    }
  }
  return [...readings.values()];
}
