/** `syntrack status`: the present of every account and quota. */
import { statusJson } from "../../formats/collect.ts";
import { factText } from "../../model/view/fact_text.ts";
import {
  formatAge,
  formatAmount,
  formatDuration,
  formatPlan,
  formatRate,
  formatShareExactly,
  formatSpan,
  unitWord,
} from "../../model/view/format.ts";
import type { Health } from "../../model/outcome.ts";
import { statusLabel } from "../../model/view/status.ts";
import { wallText } from "../../model/time.ts";
import type { AccountView, QuotaView } from "../../model/view/view.ts";
import type { Forecast } from "../../model/forecast/forecast.ts";
import type { QuotaKey } from "../../model/quota.ts";
import { plain } from "../../base/text.ts";
import { nothingText } from "../headings.ts";
import { subjectsOf } from "../analysing.ts";
import { bar } from "../bars.ts";
import { daemonJson, daemonLines } from "../daemon_status.ts";
import { forecastLine } from "../forecast_text.ts";
import { pairs } from "../grid.ts";
import { EXIT_OK } from "../io.ts";
import { inStatus, type Paint } from "../paint.ts";
import { chooseQuotas } from "../select.ts";
import type { Tools } from "../tools.ts";
import { hasFlag, textOf } from "../values.ts";
import { viewsOf } from "../views.ts";

/** A vendor's text may be of any length. */
const MAX_LABEL = 60;
const BAR_WIDTH = 30;

export async function status(tools: Tools): Promise<number> {
  const { now, paint } = tools;
  if (hasFlag(tools.typed, "daemon")) {
    if (tools.json) tools.printJson(await daemonJson(tools));
    else tools.print(...await daemonLines(tools));
    return EXIT_OK;
  }
  const subjects = await subjectsOf(tools);
  const quotas = await subjects?.analysis.quotas({}, now) ?? [];
  const forecasts = new Map(quotas.map(({ view, forecast }) => [view.key, forecast]));
  const views = await viewsAt(tools, subjects && { quotas, bounds: subjects.bounds });
  if (tools.json) {
    tools.printJson(statusJson(views, now, forecasts));
    return EXIT_OK;
  }
  const zone = (await tools.place()).zone();
  const scene = { now, zone, paint, forecasts };
  tools.print(paint.bold(`Current Status (as of ${wallText(now, zone)})`), paint.dim("─".repeat(29)));
  if (!isNarrowed(tools)) tools.print(...await daemonLines(tools));
  if (views.length === 0) tools.print(await nothingText(tools));
  for (const view of views) {
    tools.print("", ...accountLines(view, scene));
  }
  return EXIT_OK;
}

/** Whether something else was asked for than how all stands at present. */
function isNarrowed({ typed }: Tools): boolean {
  return ["provider", "account", "quota", "now"].some((name) => textOf(typed, name) !== undefined);
}

/** The accounts that were meant, with the quotas that were meant. */
async function viewsAt(
  tools: Tools,
  concluded: Parameters<typeof viewsOf>[4],
): Promise<readonly AccountView[]> {
  const records = await tools.records();
  if (records.length === 0) return [];
  const meant = new Set<string>(chooseQuotas(tools.typed, records).map(({ key }) => key));
  const { listProviders } = await import("../program_for.ts");
  const asOf = textOf(tools.typed, "now") !== undefined;
  const shown = viewsOf(records, await listProviders(tools), tools.now, asOf, concluded);
  if (textOf(tools.typed, "quota") === undefined) return shown;
  return shown.map((view) => ({ ...view, quotas: view.quotas.filter(({ key }) => meant.has(key)) }))
    .filter(({ quotas }) => quotas.length > 0);
}

interface Scene {
  readonly now: number;
  readonly zone: string;
  readonly paint: Paint;
  readonly forecasts: ReadonlyMap<QuotaKey, Forecast>;
}

function accountLines(view: AccountView, scene: Scene): readonly string[] {
  const { now, paint } = scene;
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
    heading,
    ...hint,
    ...facts,
    ...dropped,
    ...view.quotas.flatMap((quota) => quotaLines(quota, scene)),
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
      return paint.yellow(`▲ waiting, as the provider asked, ${age}`);
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

function quotaLines(quota: QuotaView, { now, zone, paint, forecasts }: Scene): readonly string[] {
  const { unit, used, limit, remaining, share, ratePerHour, rateSpanMs, refillPerHour } = quota;
  const forecast = forecasts.get(quota.key);
  const word = unitWord(unit);
  const gone = quota.gone ? paint.yellow("  no longer mentioned by the provider") : "";
  const label = inStatus(paint, quota.status, statusLabel(quota));
  const usage = share === null
    ? label
    : `${formatShareExactly(share).padEnd(6)}  ${
      inStatus(paint, quota.status, bar(share, BAR_WIDTH))
    }  ${label}`;
  const rows: (readonly [string, string])[] = [];
  // What is not known and never will be is left out; the word for it stands beside "Usage".
  if (limit !== null) rows.push(["Limit", `${formatAmount(limit, unit)}${word ? ` ${word}` : ""}`]);
  if (used !== null) rows.push(["Used", formatAmount(used, unit)]);
  if (remaining !== null) rows.push(["Leftover", formatAmount(remaining, unit)]);
  rows.push(["Usage", usage]);
  if (quota.allowed === false) {
    rows.push(["Blocked", paint.red("the provider refuses work on it at present")]);
  }
  if (ratePerHour !== null && ratePerHour > 0) {
    rows.push(["Rate", `${formatRate(ratePerHour, unit)}, ${formatSpan(rateSpanMs ?? 0)}`]);
  }
  if (refillPerHour !== undefined) rows.push(["Refills", formatRate(refillPerHour, unit)]);
  if (quota.resetsAt !== null) rows.push(["Renews", renewsText(quota.resetsAt, quota.at, now, zone)]);
  if (forecast && isTelling(forecast)) {
    rows.push(["Forecast", forecastLine(forecast, quota.window.kind, now, zone, paint)]);
  }
  return [
    `  ${paint.cyan(plain(quota.label, MAX_LABEL))} ${paint.dim(`(${plain(quota.quota)})`)}${gone}`,
    ...pairs(rows, paint, "    "),
  ];
}

/** Of what has no limit, is set aside or is refused the word beside "Usage" has said everything. */
function isTelling({ state, reason }: Forecast): boolean {
  return state !== "blocked" && reason !== "set-aside" && !(state === "unknown" && reason === "no-limit");
}

function renewsText(resetsAt: number, readAt: number, now: number, zone: string): string {
  const text = wallText(resetsAt, zone);
  if (resetsAt > now) return `${text} (in ${formatDuration(resetsAt - now)})`;
  return `${text} (passed, ${readAt < resetsAt ? "not read since" : "but the provider still names it"})`;
}
