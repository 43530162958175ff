/** One quota at a glance: how full, how much is left, when it resets, how fast it is used. */
import type { Signal } from "@preact/signals";
import { formatAge, formatCountdown, formatRate, formatShare } from "../model/format.ts";
import type { QuotaView } from "../model/view.ts";
import { instantText } from "./dates.ts";
import { StatusIcon } from "./icons.tsx";
import { headlineOf, leftText, outlookText, quotaTitle, resetState, usedText, windowText } from "./words.ts";

const STATUS_TEXT = {
  healthy: "text-healthy",
  warning: "text-warning",
  danger: "text-danger",
  critical: "text-critical",
  unknown: "text-unknown",
} as const;

const OUTLOOK_TEXT: Readonly<Record<string, string>> = { "runs-dry": "text-danger", tight: "text-warning" };

export interface QuotaCardProps {
  readonly quota: QuotaView;
  readonly provider: string;
  readonly now: Signal<number>;
  readonly zone: string;
  /** True when the account's figures are old, so that they are shown as such. */
  readonly stale: boolean;
}

export function QuotaCard({ quota, provider, now, zone, stale }: QuotaCardProps) {
  const { status } = quota;
  const title = quotaTitle(quota);
  const headline = headlineOf(quota);
  return (
    <article
      class={`quota-card card-shadow flex flex-col rounded-xl border border-line bg-surface p-4 ${
        stale || quota.gone ? "is-stale" : ""
      }`}
      data-quota={quota.quota}
      data-provider={provider}
      data-status={status}
      aria-label={title}
    >
      <header class="flex items-start justify-between gap-3">
        <h3 class="outside-text font-medium leading-snug">{title}</h3>
        <span class={`status-word flex items-center gap-1.5 text-sm ${STATUS_TEXT[status]}`}>
          <StatusIcon status={status} />
          {status}
        </span>
      </header>

      <p class="mt-3 flex items-baseline gap-2">
        <span class="quota-percent text-3xl font-semibold tracking-tight">{headline.figure}</span>
        <span class="text-sm text-muted">{headline.word}</span>
        {quota.share !== null && (
          <span class="quota-left ml-auto text-right text-sm text-muted">{leftText(quota)}</span>
        )}
      </p>

      <Bar quota={quota} title={title} />
      <p class="quota-used mt-2 text-sm text-muted">
        {[usedText(quota), windowText(quota)].filter((text) => text !== "").join(", ")}
      </p>

      <dl class="mt-3 grid grid-cols-2 lg:grid-cols-[3fr_2fr] gap-x-4 border-t border-line pt-3 text-sm">
        <div>
          <dt class="text-muted">{quota.window.kind === "balance" ? "Reset" : "Resets in"}</dt>
          <dd>
            <ResetText quota={quota} now={now} zone={zone} />
          </dd>
        </div>
        <div>
          <dt class="text-muted">Rate, last hour</dt>
          <dd class="quota-rate">
            {quota.ratePerHour === null
              ? <span class="text-muted">not known yet</span>
              : <span class="font-medium">{formatRate(quota.ratePerHour, quota.unit)}</span>}
          </dd>
        </div>
      </dl>
      <p class="mt-2 flex flex-wrap justify-between gap-x-4 text-xs">
        <span class={`quota-age ${stale || quota.gone ? "text-danger" : "text-muted"}`}>
          {quota.gone ? "No longer reported, read " : stale ? "Stale, read " : "Read "}
          <Age at={quota.at} now={now} />
        </span>
        {!stale && !quota.gone && (
          <span
            class={`quota-outlook ${OUTLOOK_TEXT[quota.forecast?.state ?? ""] ?? "text-muted"}`}
          >
            {outlookText(quota, now.value, zone)}
          </span>
        )}
      </p>
    </article>
  );
}

/** A bar without a value is drawn as absent, not as empty. */
function Bar({ quota, title }: { readonly quota: QuotaView; readonly title: string }) {
  const percent = quota.utilization === null ? null : Math.round(quota.utilization * 1000) / 10;
  if (percent === null) {
    return <p class="mt-2 h-2 rounded-full border border-dashed border-line" aria-hidden="true"></p>;
  }
  return (
    <div
      class="mt-2"
      role="meter"
      aria-label={`${title}, used`}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={percent}
      aria-valuetext={usedText(quota) || formatShare(quota.share)}
    >
      <svg class="quota-bar block h-2 w-full overflow-hidden rounded-full bg-sunken" aria-hidden="true">
        <rect class={`bar-fill fill-status-${quota.status}`} width={`${percent}%`} height="100%" />
      </svg>
    </div>
  );
}

function ResetText(
  { quota, now, zone }: {
    readonly quota: QuotaView;
    readonly now: Signal<number>;
    readonly zone: string;
  },
) {
  const resetsAt = quota.resetsAt;
  const state = resetState(quota, now.value);
  if (resetsAt === null || state === "none") {
    return (
      <span class="text-muted">
        {quota.window.kind === "rolling" ? "refills all the time" : "no reset known"}
      </span>
    );
  }
  if (state === "passed") return <span class="countdown text-muted">due, waiting for a reading</span>;
  return (
    <span class="flex flex-wrap gap-x-2">
      <time class="countdown font-medium" dateTime={new Date(resetsAt).toISOString()}>
        {formatCountdown(resetsAt - now.value)}
      </time>{" "}
      <span class="whitespace-nowrap text-muted">{instantText(resetsAt, now.value, zone)}</span>
    </span>
  );
}

export function Age({ at, now }: { readonly at: number; readonly now: Signal<number> }) {
  return (
    <time class="age" dateTime={new Date(at).toISOString()}>{formatAge(Math.max(0, now.value - at))}</time>
  );
}
