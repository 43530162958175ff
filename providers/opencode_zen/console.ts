/**
 * The console: the Go plan's meters in money, and the balance. The vendor's unit is a millionth of a cent.
 */
import * as v from "valibot";
import { monthBefore } from "../../lib/provider_kit/calendar.ts";
import type { ProviderContext } from "../../lib/provider/context.ts";
import {
  amountOrNull,
  badResponseError,
  instantOrNull,
  isRecord,
  isStated,
  type KnownMembers,
  lenientNumber,
  member,
  orNull,
  tidy,
  unknownFigures,
} from "../../lib/provider_kit/decode.ts";
import { textAt } from "../../lib/provider_kit/login_file.ts";
import type { Reading, Window } from "../../lib/model/quota.ts";
import { type Answer, ProviderError } from "../../lib/provider/contract.ts";
import {
  balanceReading,
  CALENDAR,
  createAnswer,
  createGathering,
  FIVE_HOURS,
  type Gathering,
  ONE_WEEK,
  percentReading,
  withStart,
} from "../../lib/provider_kit/readings.ts";
import { refusedError, type RequestTarget } from "../../lib/provider_kit/request_json.ts";
import { askSite } from "./go.ts";

/** The vendor's units in a dollar. */
const MICRO_CENTS = 1e8;

const METER = { startsAt: true, resetsAt: "instant", limitMicroCents: true, usedMicroCents: true } as const;
const KNOWN_STATUS: KnownMembers = {
  access: { startsAt: true, endsAt: "instant", meters: { fiveHour: METER, week: METER, month: METER } },
};
const KNOWN_BILLING: KnownMembers = {
  balanceMicroCents: true,
  // The daily allowance and the credit line: neither is a usage figure.
  availableMicroCents: true,
  creditLimitMicroCents: true,
  dailyLimitMicroCents: true,
};

export async function readConsole(
  ctx: ProviderContext,
  party: RequestTarget,
  workspace: string | undefined,
): Promise<Answer> {
  const cookie = `__Host-console_session=${party.account.secret.reveal()}`;
  const get = async (path: string, id?: string) => {
    const headers = { cookie, ...id === undefined ? {} : { "x-org-id": id } };
    return (await askSite(ctx, party, `/console/api/${path}`, { headers })).body;
  };
  const id = workspace ?? onlyOne(await get("orgs"));
  const go = await get("go/status", id);
  if (go !== null && !isRecord(go)) throw badResponseError("OpenCode answered with an invalid status", go);
  const billing = await get("billing/status", id);
  const balance = v.parse(orNull(lenientNumber), member(billing, "balanceMicroCents"));
  const found = createGathering(ctx.now());
  if (go !== null) addMeters(found, go);
  if (balance === null && found.readings.length === 0) {
    throw badResponseError("OpenCode answered with neither meters nor a balance", billing);
  }
  for (const { what, why } of unknownFigures(billing, KNOWN_BILLING)) found.drop(what, why);
  const stated = member(billing, "balanceMicroCents");
  if (balance !== null) found.add(balanceReading("balance", "Balance", tidy(balance / MICRO_CENTS)));
  else if (isStated(stated)) found.drop("balanceMicroCents", "no amount");
  return createAnswer("OpenCode", billing, found, { plan: go === null ? "zen" : "go", identity: id });
}

/** Reads the meters with a service account, which belongs to a single workspace, so none needs to be named. */
export async function readServiceAccount(ctx: ProviderContext, party: RequestTarget): Promise<Answer> {
  const go = await goStatus(ctx, party);
  if (go === null || member(go, "access") === null) {
    return {
      readings: [],
      plan: "zen",
      hint:
        "The workspace of this service account has no Go plan: for its balance set OPENCODE_CONSOLE_COOKIE",
    };
  }
  const found = createGathering(ctx.now());
  if (isRecord(go)) addMeters(found, go);
  // The response contains account ids, so the error includes none of it.
  if (found.readings.length === 0) {
    throw badResponseError("OpenCode answered without any known meter", undefined);
  }
  return createAnswer("OpenCode", undefined, found, { plan: "go" });
}

async function goStatus(ctx: ProviderContext, party: RequestTarget): Promise<unknown> {
  const authorization = `Bearer ${party.account.secret.reveal()}`;
  try {
    const explain = (status: number, body: unknown) => notAllowed(party, status, body);
    return (await askSite(ctx, party, "/console/api/go/status", { headers: { authorization }, explain }))
      .body;
  } catch (error) {
    if (member(error, "kind") !== "bad_response" || !(error instanceof Error)) throw error;
    throw badResponseError(error.message, undefined);
  }
}

function notAllowed(party: RequestTarget, status: number, body: unknown): ProviderError | undefined {
  if (status !== 403 || body === undefined) return undefined;
  return refusedError(
    party,
    "status 403",
    `Let the service account of ${party.account.source} read the usage: console, Keys, its permissions`,
  );
}

/** Returns the workspace id, if there is exactly one. */
function onlyOne(body: unknown): string {
  const list = [body, member(body, "orgs"), member(body, "data")].find((one) => Array.isArray(one));
  const ids = (Array.isArray(list) ? list : []).flatMap((item: unknown) => {
    const id = textAt(item, "id") ?? (typeof item === "string" ? item : "");
    return /^(?:wrk|org)_[A-Za-z0-9]{1,64}$/.test(id) ? [id] : [];
  });
  const [first, ...others] = ids;
  if (first === undefined) throw badResponseError("OpenCode answered with no workspace", body);
  if (others.length === 0) return first;
  throw new ProviderError("missing", "There are several workspaces at OpenCode", {
    hint: `Set OPENCODE_WORKSPACE_ID to one of ${ids.slice(0, 5).join(", ")}`,
  });
}

function addMeters(found: Gathering, go: Readonly<Record<string, unknown>>): void {
  for (const { what, why } of unknownFigures(go, KNOWN_STATUS)) found.drop(what, why);
  const meters = member(go.access, "meters");
  const end = (name: string) => v.parse(instantOrNull, member(member(meters, name), "resetsAt"));
  const monthEnd = end("month") ?? v.parse(instantOrNull, member(go.access, "endsAt"));
  const parts: readonly (readonly [string, string, string, Window, number | null])[] = [
    ["fiveHour", "five-hour", "5-hour usage", FIVE_HOURS, end("fiveHour")],
    ["week", "weekly", "Weekly usage", ONE_WEEK, end("week")],
    ["month", "monthly", "Monthly usage", CALENDAR, monthEnd],
  ];
  for (const [name, ...how] of parts) {
    const block = member(meters, name);
    const reading = isStated(block) ? readMeter(block, ...how) : null;
    if (typeof reading === "string") found.drop(`meters.${name}`, reading);
    else if (reading !== null) {
      if (reading.used === null && isStated(member(block, "usedMicroCents"))) {
        found.drop(`meters.${name}`, "what was used is not an amount");
      }
      found.add(reading, `meters.${name}`);
    }
  }
}

/** Returns the share of the limit in percent, like the key's route but unrounded; or why there is none. */
function readMeter(
  block: unknown,
  quota: string,
  label: string,
  window: Window,
  resetsAt: number | null,
): Reading | string | null {
  const limit = v.parse(amountOrNull, member(block, "limitMicroCents"));
  const used = v.parse(amountOrNull, member(block, "usedMicroCents"));
  if (limit === null) return "no readable limit";
  if (limit === 0 && !used) return null;
  const percent = used === null ? null : limit === 0 ? 100 : tidy(Math.min(used / limit, 1e6) * 100);
  return {
    ...withStart(percentReading(quota, label, percent, window, resetsAt), monthBefore(resetsAt)),
    usd: { used: used === null ? null : tidy(used / MICRO_CENTS), limit: tidy(limit / MICRO_CENTS) },
  };
}
