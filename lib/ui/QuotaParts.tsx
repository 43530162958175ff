/** Parts of a quota that tick or appear in more than one place. */
import type { ReadonlySignal } from "@preact/signals";
import { isRunOutUnlikely, shownStatus, statusLabel } from "../model/view/status.ts";
import { formatAge, formatCountdown } from "../model/view/format.ts";
import type { Display, QuotaView } from "../model/view/view.ts";
import { amountText, barFill, shareText } from "./amounts.ts";
import { instantText } from "./dates.ts";
import { StatusIcon } from "./icons.tsx";
import { type Spark, SPARK_SLOTS, sparkPath } from "./spark.ts";
import { outlookText, resetState } from "./words.ts";

const STATUS_TEXT = {
  healthy: "text-healthy",
  warning: "text-warning",
  danger: "text-danger",
  critical: "text-critical",
  blocked: "text-critical",
  unknown: "text-unknown",
} as const;

export const OUTLOOK_TEXT: Readonly<Record<string, string>> = {
  "runs-dry": "text-danger",
  exhausted: "text-critical",
  blocked: "text-critical",
  tight: "text-warning",
};

export interface TickingProps {
  readonly quota: QuotaView;
  readonly now: ReadonlySignal<number>;
  readonly zone: string;
}

export function StatusWord({ quota }: { readonly quota: QuotaView }) {
  const status = shownStatus(quota);
  return (
    <span class={`status-word flex items-center gap-1.5 text-sm ${STATUS_TEXT[status]}`}>
      <StatusIcon status={status} />
      <span class="status-text">{statusLabel(quota)}</span>
    </span>
  );
}

interface BarProps {
  readonly quota: QuotaView;
  readonly title: string;
  readonly display: Display;
}

/** Draws an unknown value as absent, not as empty. The notch marks how far the window has progressed. */
export function Bar({ quota, title, display }: BarProps) {
  const filled = barFill(quota, display);
  if (filled === null) {
    return <p class="h-2 rounded-full border border-dashed border-line" aria-hidden="true"></p>;
  }
  const expected = quota.pace?.expected ?? null;
  const notch = expected === null ? null : roundTenth(display === "left" ? 1 - expected : expected);
  return (
    <div
      role="meter"
      aria-label={`${title}, ${display}`}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={roundTenth(filled)}
      aria-valuetext={amountText(quota, display) || shareText(quota.share, display)}
    >
      <svg class="quota-bar block h-2 w-full overflow-hidden rounded-full bg-sunken" aria-hidden="true">
        <rect
          class={`bar-fill fill-status-${shownStatus(quota)}`}
          width={`${roundTenth(filled)}%`}
          height="100%"
        />
        {notch !== null && <rect class="bar-notch" x={`${notch}%`} width="2" height="100%" />}
      </svg>
    </div>
  );
}

function roundTenth(share: number): number {
  return Math.round(share * 1000) / 10;
}

/** Sparkline of the last day. The text beside it says the same in words. */
export function SparkLine({ spark, class: name = "" }: { readonly spark: Spark; readonly class?: string }) {
  return (
    <svg
      class={`spark ${name}`}
      viewBox={`-0.5 -1 ${SPARK_SLOTS} 22`}
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      <path d={sparkPath(spark.levels)} />
    </svg>
  );
}

/** Replaces the reset time for windows that never reset. */
const NO_RESET: Readonly<Record<string, string>> = { balance: "never resets", allocation: "never resets" };

export function ResetText({ quota, now, zone }: TickingProps) {
  const resetsAt = quota.resetsAt;
  const state = resetState(quota, now.value);
  if (resetsAt === null || state === "none") {
    return (
      <span class="text-muted">
        {quota.window.kind === "rolling"
          ? "refills continuously"
          : NO_RESET[quota.window.kind] ?? "no reset known"}
      </span>
    );
  }
  if (state === "passed") {
    const text = quota.gone ? "passed since the last reading" : "due, waiting for a reading";
    return <span class="countdown text-muted">{text}</span>;
  }
  if (state === "overdue") {
    return <span class="countdown text-muted">overdue by the vendor's own date</span>;
  }
  return (
    <>
      <time class="countdown font-medium" dateTime={new Date(resetsAt).toISOString()}>
        {formatCountdown(resetsAt - now.value)}
      </time>{" "}
      <span class="whitespace-nowrap text-muted">{instantText(resetsAt, now.value, zone)}</span>
    </>
  );
}

export function Outlook({ quota, now, zone }: TickingProps) {
  return (
    <span class={`quota-outlook ${outlookClass(quota)}`}>
      {outlookText(quota, now.value, zone) || null}
    </span>
  );
}

function outlookClass({ forecast }: QuotaView): string {
  if (!forecast) return "text-muted";
  if (isRunOutUnlikely(forecast)) return "text-warning";
  return OUTLOOK_TEXT[forecast.state] ?? "text-muted";
}

export function Age({ at, now }: { readonly at: number; readonly now: ReadonlySignal<number> }) {
  return <time class="age" dateTime={new Date(at).toISOString()}>{formatAge(now.value - at)}</time>;
}
