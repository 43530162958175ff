/** The long form of `syntrack status`: everything known of each account and its quotas. */
import { factText } from "../model/view/fact_text.ts";
import {
  displayUnit,
  formatAge,
  formatAmount,
  formatDuration,
  formatPlan,
  formatQuantity,
  formatRate,
  formatShareExactly,
  formatSpan,
} from "../model/view/format.ts";
import type { Health } from "../model/outcome.ts";
import { shownStatus, statusLabel } from "../model/view/status.ts";
import { wallText } from "../model/time.ts";
import { type AccountView, isLate, type QuotaView } from "../model/view/view.ts";
import type { Forecast } from "../model/forecast/forecast.ts";
import { findReset, type QuotaKey } from "../model/quota.ts";
import { plain } from "../base/text.ts";
import { drawBar } from "./bars.ts";
import { forecastLine } from "./forecast_text.ts";
import { formatPairs } from "./grid.ts";
import { inStatus, type Paint } from "./paint.ts";
import { MAX_LABEL } from "./titles.ts";
import { wrapWords } from "./wrap.ts";

const BAR_WIDTH = 30;
/** Columns around a bar: its name, the share and the word. */
const BESIDE_BAR = 36;

export interface LongContext {
  readonly width: number;
  readonly now: number;
  readonly zone: string;
  readonly paint: Paint;
  readonly forecasts: ReadonlyMap<QuotaKey, Forecast>;
}

/** Everything known of an account and its quotas. */
export function accountLines(view: AccountView, context: LongContext): readonly string[] {
  const { now, paint, width } = context;
  const plan = view.plan === null ? "" : `  ${plain(formatPlan(view.plan), MAX_LABEL)}`;
  const heading = `${paint.bold(plain(`${view.providerName} (${view.name})`))}${plan}  ${
    healthText(view.health, view.at, now, paint)
  }`;
  const hint = view.health.hint === null ? [] : [`  ${plain(view.health.hint)}`];
  const facts = (view.facts ?? []).map((fact) => `  ${plain(factText(fact, now))}`);
  const dropped = (view.dropped ?? []).map(({ what, why }) =>
    paint.yellow(`  Not understood: ${plain(what, MAX_LABEL)} (${plain(why, MAX_LABEL)})`)
  );
  return [
    ...[heading, ...hint, ...facts, ...dropped].flatMap((line) => wrapWords(line, width, "    ")),
    ...view.quotas.flatMap((quota) => quotaLines(quota, isLate(view, quota), context)),
  ];
}

/** A sign, a word and the age: the colour only repeats what they say. */
function healthText(health: Health, at: number | null, now: number, paint: Paint): string {
  const age = at === null ? "never read" : `read ${formatAge(now - at)}`;
  switch (health.state) {
    case "fresh":
      return paint.green(`● fresh, ${age}`);
    case "stale":
      return paint.yellow(`▲ stale, ${age}`);
    case "waiting":
      return paint.yellow(`▲ waiting, as the vendor asked, ${age}`);
    case "expired":
      return paint.red(`✕ login expired, ${age}`);
    case "failing":
      return paint.red(`✕ failing (${health.failure}), ${age}`);
    case "off":
      return paint.dim(`○ not configured in this shell, ${age}`);
    case "new":
      return paint.dim("○ not read yet");
  }
}

function quotaLines(
  quota: QuotaView,
  late: boolean,
  { now, zone, paint, forecasts, width }: LongContext,
): readonly string[] {
  const { used, limit, remaining, share, ratePerHour, rateSpanMs, refillPerHour } = quota;
  const unit = displayUnit(quota);
  const forecast = forecasts.get(quota.key);
  const gone = quota.gone ? "no longer reported by the vendor" : null;
  const age = late ? `read ${formatAge(now - quota.at)}` : null;
  const remark = [gone, age].filter((part) => part !== null).join(", ");
  const status = shownStatus(quota);
  const label = inStatus(paint, status, statusLabel(quota));
  const usage = share === null
    ? label
    : `${formatShareExactly(share).padEnd(6)}  ${
      inStatus(paint, status, drawBar(share, Math.max(4, Math.min(BAR_WIDTH, width - BESIDE_BAR))))
    }  ${label}`;
  const rows: (readonly [string, string])[] = [];
  // Leave out figures that will never be known; the word for that is beside "Usage".
  if (limit !== null) rows.push(["Limit", formatQuantity(limit, unit)]);
  if (used !== null) rows.push(["Used", formatAmount(used, unit)]);
  if (remaining !== null) rows.push(["Leftover", formatAmount(remaining, unit)]);
  rows.push(["Usage", usage]);
  if (quota.allowed === false) {
    rows.push(["Blocked", paint.red("the vendor is refusing requests")]);
  }
  if (ratePerHour !== null && ratePerHour > 0) {
    rows.push(["Rate", `${formatRate(ratePerHour, unit)}, ${formatSpan(rateSpanMs ?? 0)}`]);
  }
  if (refillPerHour !== undefined) rows.push(["Refills", formatRate(refillPerHour, unit)]);
  if (quota.resetsAt !== null) {
    const name = findReset(quota) === null ? "Full again" : "Renews";
    rows.push([name, renewsText(quota.resetsAt, quota.at, now, zone)]);
  }
  if (forecast && addsInformation(forecast)) {
    rows.push(["Forecast", forecastLine(forecast, quota.window.kind, now, zone, paint)]);
  }
  const title = `  ${paint.cyan(plain(quota.label, MAX_LABEL))} ${paint.dim(`(${plain(quota.quota)})`)}${
    remark === "" ? "" : paint.yellow(`  ${remark}`)
  }`;
  return [
    ...wrapWords(title, width, "    "),
    ...formatPairs(rows, { paint, width, indent: "    " }),
  ];
}

/**
 * Reports whether a forecast adds anything: without a limit, set aside or refused, the word beside "Usage" says it
 * all.
 */
function addsInformation({ state, reason }: Forecast): boolean {
  return state !== "blocked" && reason !== "set-aside" && !(state === "unknown" && reason === "no-limit");
}

function renewsText(resetsAt: number, readAt: number, now: number, zone: string): string {
  const text = wallText(resetsAt, zone);
  if (resetsAt > now) return `${text} (in ${formatDuration(resetsAt - now)})`;
  return `${text} (passed, ${readAt < resetsAt ? "not read since" : "but the vendor still names it"})`;
}
