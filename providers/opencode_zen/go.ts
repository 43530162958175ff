/** The Go plan's usage with a key, and the request all routes of the site share. */
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
  member,
  slug,
  unknownFigures,
} from "../../lib/provider_kit/decode.ts";
import { textAt } from "../../lib/provider_kit/login_file.ts";
import type { Reading, Window } from "../../lib/model/quota.ts";
import { type Answer, ProviderError } from "../../lib/provider/contract.ts";
import {
  CALENDAR,
  createAnswer,
  createGathering,
  FIVE_HOURS,
  isResetTooFar,
  ONE_WEEK,
  percentReading,
  withStart,
} from "../../lib/provider_kit/readings.ts";
import {
  type JsonAnswer,
  type JsonInit,
  REDIRECTS,
  refusedError,
  requestJson,
  type RequestTarget,
} from "../../lib/provider_kit/request_json.ts";

const SITE = "https://opencode.ai";

const MONTH = "monthly";

/** The Go plan's windows, by their names in the route. */
const WINDOWS: readonly (readonly [name: string, quota: string, label: string, window: Window])[] = [
  ["rolling", "five-hour", "5-hour usage", FIVE_HOURS],
  ["weekly", "weekly", "Weekly usage", ONE_WEEK],
  ["monthly", MONTH, "Monthly usage", CALENDAR],
];

const WINDOW = { status: true, percent: true, resetsAt: "instant" } as const;
const KNOWN: KnownMembers = {
  workspaceID: true,
  userID: true,
  usage: { rolling: WINDOW, weekly: WINDOW, monthly: WINDOW },
};

export async function readKey(ctx: ProviderContext, party: RequestTarget): Promise<Answer> {
  const { body } = await askSite(ctx, party, "/zen/go/v1/usage", {
    headers: { authorization: `Bearer ${party.account.secret.reveal()}` },
    explain: withoutPlan,
  });
  const usage = member(body, "usage");
  if (!isRecord(usage)) throw badResponseError("OpenCode answered without the usage", body);
  const found = createGathering(ctx.now());
  for (const { what, why } of unknownFigures(body, KNOWN)) found.drop(what, why);
  // New windows appear under their own names, and are reported.
  const others = Object.keys(usage).filter((name) =>
    !WINDOWS.some(([one]) => one === name) && slug(name) !== ""
  )
    .map((name) => [name, slug(name), `Usage, ${name.slice(0, 60)}`, CALENDAR] as const);
  for (const [name, quota, label, window] of [...WINDOWS, ...others]) {
    const block = usage[name];
    if (!isStated(block)) continue;
    const reading = parseWindow(block, quota, label, window, ctx.now());
    if (reading?.used === null || !reading) found.drop(`usage.${name}.percent`, "no figure");
    if (reading) found.add(reading, `usage.${name}`);
  }
  if (!found.readings.some(({ quota }) => WINDOWS.some(([, known]) => known === quota))) {
    throw badResponseError("OpenCode answered without any known window", body);
  }
  const identity = textAt(body, "workspaceID");
  return createAnswer("OpenCode", body, found, { plan: "go", ...identity === undefined ? {} : { identity } });
}

/** Reads a window. A percentage is literal: 1 is one percent. A refusal is shown even without figures. */
function parseWindow(
  block: unknown,
  quota: string,
  label: string,
  window: Window,
  now: number,
): Reading | undefined {
  const used = v.parse(amountOrNull, member(block, "percent"));
  const verdict = parseVerdict(block);
  if (used === null && verdict.allowed !== false) return undefined;
  const end = v.parse(instantOrNull, member(block, "resetsAt"));
  const resetsAt = used === 0 && isAhead(end, window, now) ? null : end;
  const reading = percentReading(quota, label, used, window, resetsAt);
  return { ...quota === MONTH ? withStart(reading, monthBefore(resetsAt)) : reading, ...verdict };
}

const REFUSED = "rate-limited";
const PERMITTED = "ok";

function parseVerdict(block: unknown): Pick<Reading, "allowed"> {
  const status = textAt(block, "status")?.toLowerCase();
  if (status === REFUSED) return { allowed: false };
  return status === PERMITTED ? { allowed: true } : {};
}

const SLACK_MS = 60_000;

/**
 * Reports whether the window has not started: it opens with the
 * first use, and until then its end moves with the clock.
 */
function isAhead(end: number | null, window: Window, now: number): boolean {
  return window === FIVE_HOURS && end !== null && !isResetTooFar(end, window, now) &&
    end - now >= (window.seconds ?? 0) * 1000 - SLACK_MS;
}

/**
 * The vendor says this of workspaces without the plan, and
 * lately of some that pay for it, without telling which.
 */
function withoutPlan(status: number, body: unknown): ProviderError | undefined {
  if (status !== 403 || textAt(body, "error", "type") !== "EntitlementError") return undefined;
  return new ProviderError("unavailable", "OpenCode reports no Go plan for this key (EntitlementError)", {
    hint:
      "Either the workspace has no Go plan, or the vendor refuses a paying one: the key of a service account " +
      "(console, Keys, Add Service Account, may read usage) or OPENCODE_CONSOLE_COOKIE is another way",
  });
}

/** Traces of the login page, which comes with status 200 instead of the requested content. */
const SIGNED_OUT = /<title>\s*OpenAuth|\/auth\/authorize|\/console\/|actor of type "public"/i;

/** The proxy in front of the site rejects the runtime's default user agent. */
const USER_AGENT = "syntrack";

/** Requests JSON. A signed-out user is redirected, or gets the site's shell. */
export async function askSite(
  ctx: ProviderContext,
  party: RequestTarget,
  path: string,
  init: JsonInit & { readonly headers: Readonly<Record<string, string>> },
): Promise<JsonAnswer> {
  try {
    const answer = await requestJson(ctx, party, `${SITE}${path}`, {
      ...init,
      headers: { ...init.headers, "user-agent": USER_AGENT },
      redirect: "manual",
      expected: REDIRECTS,
    });
    if (!REDIRECTS.includes(answer.status)) return answer;
  } catch (error) {
    const page = member(error, "kind") === "bad_response" ? textAt(error, "answer") : undefined;
    if (page === undefined || !/^\s*</.test(page) || !SIGNED_OUT.test(page)) throw error;
  }
  throw refusedError(party, "it asks to sign in");
}
