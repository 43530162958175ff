/** The page of before September 2026, which carried the figures in its scripts. Kept for sites that still serve it. */
import * as v from "valibot";
import type { Asking } from "../../lib/asking.ts";
import { nextMonth } from "../../lib/calendar.ts";
import {
  amountOrNull,
  badResponse,
  instantOrNull,
  isRecord,
  lenientNumber,
  member,
  orNull,
  restOf,
  tidy,
} from "../../lib/decode.ts";
import type { Reading, Window } from "../../lib/model/quota.ts";
import { type Answer, ProviderError } from "../../lib/provider.ts";
import { balanceReading, CALENDAR, FIVE_HOURS, ONE_WEEK, percentReading } from "../../lib/readings.ts";
import { type Party, REDIRECTS, refused, requestText } from "../../lib/request_json.ts";
import { scriptValues } from "../../lib/script_values.ts";
import { MICRO_CENTS } from "./console.ts";
import { isSignedOut, SITE } from "./go.ts";

const CAP_BYTES = 2 * 1024 * 1024;

export async function readPage(ask: Asking, party: Party, workspace: string | undefined): Promise<Answer> {
  if (workspace === undefined) {
    throw new ProviderError(
      "missing",
      "The page of a workspace is asked for, and OPENCODE_WORKSPACE_ID is not set",
      {
        hint: "Set OPENCODE_WORKSPACE_ID to the id in the address of the workspace",
      },
    );
  }
  const { status, text } = await requestText(ask, party, `${SITE}/workspace/${workspace}/billing`, {
    headers: { cookie: `auth=${party.account.secret.reveal()}`, accept: "text/html" },
    redirect: "manual",
    expected: REDIRECTS,
    capBytes: CAP_BYTES,
  });
  if (REDIRECTS.includes(status)) throw refused(party, "it asks to sign in");
  const readings = readingsOf(text, ask.now());
  if (readings.length > 0) return { readings, identity: workspace, ...planOf(text) };
  if (isSignedOut(text)) throw refused(party, "it asks to sign in");
  throw badResponse("OpenCode answered with a page without figures", text);
}

function readingsOf(page: string, now: number): readonly Reading[] {
  return [
    usage(page, "rollingUsage", "five-hour", "5-hour usage", FIVE_HOURS, now),
    usage(page, "weeklyUsage", "weekly", "Weekly usage", ONE_WEEK, now),
    usage(page, "monthlyUsage", "monthly", "Monthly usage", CALENDAR, now),
    monthlySpend(page, now),
    balance(page),
  ].filter((one) => one !== undefined);
}

function usage(
  page: string,
  name: string,
  quota: string,
  label: string,
  window: Window,
  now: number,
): Reading | undefined {
  for (const block of scriptValues(page, name)) {
    const used = v.parse(amountOrNull, member(block, "usagePercent"));
    if (used === null) continue;
    const wait = v.parse(amountOrNull, member(block, "resetInSec"));
    const resetsAt = wait === null ? null : v.parse(instantOrNull, now + Math.round(wait * 1000));
    return percentReading(quota, label, used, window, resetsAt);
  }
  return undefined;
}

/** Of two things of one name, the month's spend is the number; its limit comes in whole dollars. */
function monthlySpend(page: string, now: number): Reading | undefined {
  const amount = firstNumber(page, "monthlyUsage");
  if (amount === undefined) return undefined;
  const [updated] = scriptValues(page, "timeMonthlyUsageUpdated");
  const updatedAt = v.parse(instantOrNull, updated);
  const isOfThisMonth = updatedAt !== null && nextMonth(updatedAt) === nextMonth(now);
  const used = isOfThisMonth ? tidy(Math.max(0, amount) / MICRO_CENTS) : 0;
  const limit = v.parse(amountOrNull, firstNumber(page, "monthlyLimit"));
  if (limit === 0 && used === 0) return undefined;
  return {
    quota: "monthly-spend",
    label: "Monthly spend",
    unit: "usd",
    used,
    limit,
    remaining: restOf(limit, used),
    window: CALENDAR,
    resetsAt: nextMonth(now),
  };
}

function balance(page: string): Reading | undefined {
  const amount = firstNumber(page, "balance");
  return amount === undefined ? undefined : balanceReading("balance", "Balance", tidy(amount / MICRO_CENTS));
}

function firstNumber(page: string, name: string): number | undefined {
  const numbers = scriptValues(page, name).map((value) => v.parse(orNull(lenientNumber), value));
  return numbers.find((number) => number !== null) ?? undefined;
}

/** Black is told by its price, Go by the part of the page that is its own; a page with neither is plain Zen. */
function planOf(page: string): { readonly plan?: string } {
  const price = scriptValues(page, "plan").find((plan) => plan === "20" || plan === "100" || plan === "200");
  if (price !== undefined) return { plan: `black-${price}` };
  if (scriptValues(page, "lite").some(isRecord)) return { plan: "go" };
  return scriptValues(page, "balance").length > 0 ? { plan: "zen" } : {};
}
