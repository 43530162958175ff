/**
 * One line for the bar of a desktop, a terminal or a prompt, in the format its program reads. Names come from
 * outside, so any markup in them is made plain text.
 */
import { SCHEMA_VERSION } from "../formats/version.ts";
import { findReset } from "../model/quota.ts";
import { formatAge, formatDuration, formatLeft, formatShare } from "../model/view/format.ts";
import { rankByNeed } from "../model/view/need.ts";
import type { ReadyState } from "../model/view/readiness.ts";
import { isoInstant } from "../model/time.ts";
import type { AccountView } from "../model/view/view.ts";
import type { Headline } from "./headline.ts";
import { usageError } from "./io.ts";
import { accountTitle, quotaName } from "./titles.ts";

export { STATUS_FORMATS, type StatusFormat } from "./table_status.ts";
import type { StatusFormat } from "./table_status.ts";

export interface BarFacts {
  readonly accounts: readonly AccountView[];
  readonly headline: Headline;
  /** Epoch milliseconds. */
  readonly now: number;
  /** For the format `template`. */
  readonly template?: string | undefined;
}

/** Returns the text with its end of line. @throws {CliError} for a template with an unknown name */
export function barText(format: StatusFormat | "text", facts: BarFacts): string {
  return `${WRITERS[format](facts)}\n`;
}

const SIGNS: Readonly<Record<ReadyState, string>> = { ready: "●", "at-risk": "▲", out: "✕", unknown: "○" };
const COLOURS: Readonly<Record<ReadyState, string | null>> = {
  ready: null,
  "at-risk": "#e5a50a",
  out: "#e01b24",
  unknown: "#808080",
};
/** A longer tooltip covers the screen. */
const MAX_TOOLTIP = 12;

const WRITERS: Readonly<Record<StatusFormat | "text", (facts: BarFacts) => string>> = {
  text: formatLine,
  waybar: (facts) => {
    const { headline: { state, best, text } } = facts;
    const share = best?.quota?.share ?? null;
    return JSON.stringify({
      text: escapePango(formatLine(facts)),
      alt: state,
      tooltip: escapePango([text, ...listTightest(facts)].join("\n")),
      class: ["syntrack", state],
      // Without a figure, 0 replaces the one the module shows.
      percentage: share === null ? 0 : wholePercent(share),
    });
  },
  tmux: (facts) => {
    const colour =
      { ready: "green", "at-risk": "yellow", out: "red", unknown: "default" }[facts.headline.state];
    return `#[fg=${colour}]${tmuxText(formatLine(facts))}#[default]`;
  },
  polybar: (facts) => {
    const colour = COLOURS[facts.headline.state];
    // A tag begins with both characters, and they have no escape.
    const text = formatLine(facts).replaceAll("%{", "% {");
    return colour === null ? text : `%{F${colour}}${text}%{F-}`;
  },
  // Long form, short form, colour: each on its own line.
  i3blocks: (facts) => {
    const colour = COLOURS[facts.headline.state];
    return [formatLine(facts), formatShortLine(facts), ...colour === null ? [] : [colour]].join("\n");
  },
  starship: (facts) => promptText(formatLine(facts)),
  xbar: (facts) => {
    const colour = COLOURS[facts.headline.state];
    const menu = [facts.headline.text, ...listTightest(facts)].map(menuText);
    return [`${menuText(formatLine(facts))}${colour === null ? "" : ` | color=${colour}`}`, "---", ...menu]
      .join(
        "\n",
      );
  },
  sketchybar: (facts) => promptText(formatLine(facts)),
  json: (facts) => JSON.stringify(barJson(facts)),
  template: (facts) => fillTemplate(facts),
};

/** Returns 0 to 100, and 100 only when nothing is left. */
function wholePercent(share: number): number {
  return share >= 1 ? 100 : Math.min(99, Math.round(Math.max(0, share) * 100));
}

/** `● GitHub Copilot 84% left, resets in 2d 3h`. */
function formatLine({ headline: { best, state }, now }: BarFacts): string {
  if (best === null) return `${SIGNS.unknown} no readings yet`;
  const name = accountTitle(best.account);
  return `${SIGNS[state]} ${name} ${endText(best.until, state, best.quota?.share ?? null, now)}`;
}

/** The short form for little room: `▲ 44m`. */
function formatShortLine({ headline: { best, state }, now }: BarFacts): string {
  if (best === null || state === "unknown") return `${SIGNS[state]} ?`;
  const share = best.quota?.share ?? null;
  const left = share === null ? "" : formatLeft(1 - share);
  return `${SIGNS[state]} ${state === "ready" ? left : durationTo(best.until, now) ?? left}`.trim();
}

function endText(until: number | null, state: ReadyState, share: number | null, now: number): string {
  const left = share === null ? "ready" : `${formatLeft(1 - share)} left`;
  const time = durationTo(until, now);
  switch (state) {
    case "ready":
      return time === null ? left : `${left}, resets in ${time}`;
    case "at-risk":
      return time === null ? `${left}, about to run out` : `${left}, out in ${time}`;
    case "out":
      return time === null ? "out" : `out, back in ${time}`;
    case "unknown":
      return "unknown";
  }
}

function durationTo(at: number | null, now: number): string | null {
  return at === null || at <= now ? null : formatDuration(at - now);
}

/** Lists the quotas that matter most, one a line. */
function listTightest({ accounts, now }: BarFacts): readonly string[] {
  return rankByNeed(accounts, now).slice(0, MAX_TOOLTIP).map(({ account, quota, need }) => {
    const share = quota.share === null ? "-" : formatShare(quota.share);
    const end = need === "old" ? `read ${formatAge(now - quota.at)}` : durationTo(findReset(quota), now);
    return `${share} ${accountTitle(account)} ${quotaName(quota, account)}${end === null ? "" : `, ${end}`}`;
  });
}

function barJson({ accounts, headline: { best, state, text, all }, now }: BarFacts) {
  const count = (wanted: ReadyState) => all.filter((one) => one.state === wanted).length;
  return {
    schemaVersion: SCHEMA_VERSION,
    at: isoInstant(now),
    state,
    text,
    account: best?.account.key ?? null,
    quota: best?.quota?.key ?? null,
    utilization: best?.quota?.utilization ?? null,
    until: isoInstant(best?.until ?? null),
    accounts: {
      ready: count("ready"),
      atRisk: count("at-risk"),
      out: count("out"),
      unknown: count("unknown"),
    },
    quotas: rankByNeed(accounts, now).slice(0, MAX_TOOLTIP).map(({ quota, need }) => ({
      key: quota.key,
      label: quota.label,
      need,
      utilization: quota.utilization,
      resetsAt: isoInstant(quota.resetsAt),
      emptyAt: isoInstant(quota.forecast?.emptyAt ?? null),
    })),
  };
}

function listValues(facts: BarFacts): Readonly<Record<string, string>> {
  const { headline: { best, state, all }, now } = facts;
  const share = best?.quota?.share ?? null;
  const quota = best?.quota ?? null;
  return {
    line: formatLine(facts),
    sign: SIGNS[state],
    state,
    account: best === null ? "" : accountTitle(best.account),
    quota: best?.quota ? quotaName(best.quota, best.account) : "",
    used: share === null ? "-" : formatShare(share),
    left: share === null ? "-" : formatLeft(1 - share),
    resets: durationTo(quota && findReset(quota), now) ?? "-",
    empty: durationTo(quota?.forecast?.emptyAt ?? null, now) ?? "-",
    until: durationTo(best?.until ?? null, now) ?? "-",
    ready: String(all.filter((one) => one.state === "ready" || one.state === "at-risk").length),
    accounts: String(all.length),
  };
}

/** @throws {CliError} */
function fillTemplate(facts: BarFacts): string {
  const values = listValues(facts);
  return (facts.template ?? "").replace(/\{\{|\}\}|\{([^{}]*)\}/g, (found, name: string | undefined) => {
    if (name === undefined) return found.charAt(0);
    if (Object.hasOwn(values, name)) return values[name] ?? "";
    throw usageError(
      `--template has no {${name}}`,
      `There is ${Object.keys(values).map((one) => `{${one}}`).join(" ")}; {{ is a brace`,
    );
  });
}

/** waybar's text is Pango markup. */
function escapePango(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

/** `##` is one `#` in a tmux format, where a single one may begin a command. */
function tmuxText(text: string): string {
  return text.replaceAll("#", "##");
}

/** Leaves out characters that a shell would interpret, because shells expand a prompt once more. */
function promptText(text: string): string {
  return text.replace(/[`$\\]/g, "");
}

/** Escapes a bar, which begins the parameters of a menu line, and leading dashes, which begin a submenu. */
function menuText(text: string): string {
  return text.replaceAll("|", "\u00a6").replace(/^-+/, "");
}
