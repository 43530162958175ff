/** The calendar of upcoming events: announced resets, and when quotas will probably run out before them. Pure. */
import { MINUTE_MS } from "../model/duration.ts";
import { accountName, quotaName, usedWords } from "../model/alerts/message.ts";
import { isRunOutLikely } from "../model/alerts/rules.ts";
import { findReset, isGauge } from "../model/quota.ts";
import { wallText } from "../model/time.ts";
import { formatShare } from "../model/view/format.ts";
import type { AccountView, DashboardView, QuotaView } from "../model/view/view.ts";
import { type CalendarEvent, calendarText } from "./icalendar.ts";

/** The input of the dashboard's calendar. */
export interface CalendarFacts {
  readonly view: Pick<DashboardView, "at" | "accounts">;
  /** IANA zone of times in descriptions; those of events are in UTC. */
  readonly zone: string;
  /** Less probable run-outs are omitted, 0 to 1. */
  readonly runOutProbability: number;
}

/** How often calendar programs should refresh. */
const REFRESH = "PT15M";

export function calendarFeed(facts: CalendarFacts): string {
  const events = facts.view.accounts
    .filter(({ health, hidden }) => health.state !== "off" && !hidden)
    .flatMap((account) => account.quotas.flatMap((quota) => listEvents(account, quota, facts)))
    .sort((a, b) => a.at - b.at || (a.uid < b.uid ? -1 : 1));
  return calendarText({ name: "Syntrack", refresh: REFRESH, events });
}

function listEvents(
  account: AccountView,
  quota: QuotaView,
  { view: { at: now }, zone, runOutProbability }: CalendarFacts,
): readonly CalendarEvent[] {
  if (quota.gone || isGauge(quota.window)) return [];
  const { forecast } = quota;
  const resetsAt = findReset(quota);
  const name = quotaName(account, quota);
  const used = usedWords(quota);
  const read = `${used === "" ? "Read" : `${used}, as read`} on ${wallText(quota.at, zone)}.`;
  const common = { changedAt: quota.at, categories: [accountName(account)] };
  const events: CalendarEvent[] = [];
  if (resetsAt !== null && resetsAt > now) {
    events.push({
      ...common,
      uid: `reset/${quota.key}@syntrack`,
      at: wholeMinute(resetsAt),
      summary: `${name}: resets`,
      description: [read],
    });
  }
  const emptyAt = forecast?.state === "runs-dry" ? forecast.emptyAt : null;
  const odds = forecast?.runOutProbability ?? null;
  if (forecast && emptyAt !== null && emptyAt > now && isRunOutLikely(forecast, { runOutProbability })) {
    events.push({
      ...common,
      uid: `runs-out/${quota.key}@syntrack`,
      at: wholeMinute(emptyAt),
      summary: `${name}: expected to run out`,
      description: [
        `At the current rate${odds === null ? "" : `, with a probability of ${formatShare(odds)}`}.`,
        ...resetsAt !== null && resetsAt > emptyAt ? [`It resets on ${wallText(resetsAt, zone)}.`] : [],
        read,
      ],
    });
  }
  return events;
}

/** Rounds to a minute, because vendors state the same reset some seconds apart, which is not a change. */
function wholeMinute(at: number): number {
  return Math.round(at / MINUTE_MS) * MINUTE_MS;
}
