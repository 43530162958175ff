/** Feeds for programs that cannot send a key: the secret in their URL identifies a read-only user. */
import type { Context } from "fresh";
import { hasTag } from "./answer.ts";
import type { FeedKind } from "../access/access.ts";
import { computeDigest } from "../access/secrets.ts";
import { ATOM_TYPE, atomFeed } from "../formats/atom_feed.ts";
import { calendarFeed } from "../formats/calendar_feed.ts";
import { ICALENDAR_TYPE } from "../formats/icalendar.ts";
import { isAboutProgram } from "../model/alerts/alert.ts";
import { pageZone } from "./preferences.ts";
import type { State } from "./state.ts";

/** Maximum number of alerts in the feed; readers keep those they have seen. */
const MAX_ENTRIES = 50;

const KINDS: Readonly<Record<string, FeedKind>> = {
  "/feeds/:secret/alerts.atom": "alerts",
  "/feeds/:secret/calendar.ics": "calendar",
};

/** The kind of feed behind the pattern of a route; null for all other routes. */
export function findFeedKind(pattern: string | null): FeedKind | null {
  return pattern !== null && Object.hasOwn(KINDS, pattern) ? KINDS[pattern]! : null;
}

export function feedPath(kind: FeedKind, secret: string): string {
  const [pattern = ""] = Object.entries(KINDS).find(([, one]) => one === kind) ?? [];
  return pattern.replace(":secret", secret);
}

export async function alertsFeed(ctx: Context<State>): Promise<Response> {
  const { services } = ctx.state;
  const [raised, { accounts }] = await Promise.all([services.alerts.list(), services.dashboard()]);
  const known = new Set<string>(accounts.map(({ key }) => key));
  const text = atomFeed({
    alerts: raised.filter(({ account }) => known.has(account) || isAboutProgram(account)).slice(
      0,
      MAX_ENTRIES,
    ),
    origin: ctx.url.origin,
    version: services.version,
    madeAt: services.startedAt,
    uuidOf: digestUuid,
  });
  return feed(ctx, text, ATOM_TYPE, "syntrack-alerts.atom");
}

export async function calendarOfResets(ctx: Context<State>): Promise<Response> {
  const { services } = ctx.state;
  const [view, rules] = await Promise.all([services.dashboard(), services.alerts.rules()]);
  const text = calendarFeed({ view, zone: pageZone(ctx.state), runOutProbability: rules.runOutProbability });
  return feed(ctx, text, ICALENDAR_TYPE, "syntrack.ics");
}

/** Readers poll again and again, so an answer they already have is not sent again. */
function feed({ req }: Context<State>, text: string, type: string, name: string): Response {
  const etag = `"${computeDigest(text).slice(0, 32)}"`;
  const headers = { etag, "cache-control": "private, no-cache" };
  if (hasTag(req, etag)) return new Response(null, { status: 304, headers });
  return new Response(text, {
    headers: { ...headers, "content-type": type, "content-disposition": `inline; filename="${name}"` },
  });
}

/** Returns a UUID of version 8 from a digest: the same text has the same UUID on every machine. */
function digestUuid(text: string): string {
  const hex = computeDigest(text);
  const variant = (8 + Number.parseInt(hex[16]!, 16) % 4).toString(16);
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `${variant}${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ]
    .join("-");
}
