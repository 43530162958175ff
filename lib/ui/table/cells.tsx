/** Cells that several tables share. */
import { formatShare } from "../../model/view/format.ts";
import type { StatusWord } from "../../model/view/status.ts";
import type { Display } from "../../model/view/view.ts";
import { isoInstant, wallText, wallTime } from "../../model/time.ts";
import { StatusIcon } from "../icons.tsx";

export const STATUS_TEXT: Readonly<Record<StatusWord, string>> = {
  healthy: "text-healthy",
  warning: "text-warning",
  danger: "text-danger",
  critical: "text-critical",
  blocked: "text-critical",
  unknown: "text-unknown",
};

/** An instant in the local time of the page's zone; with `exact` to the second. */
export function Instant({ at, zone, exact = false }: {
  readonly at: number;
  readonly zone: string;
  readonly exact?: boolean;
}) {
  const [date, minute] = wallText(at, zone).split(" ");
  const clock = exact ? `${minute}:${String(wallTime(at, zone).second).padStart(2, "0")}` : minute;
  // On a narrow screen the time wraps below the date.
  return (
    <time dateTime={isoInstant(at)}>
      <span class="whitespace-nowrap">{date}</span> <span class="whitespace-nowrap">{clock}</span>
    </time>
  );
}

/**
 * A share with its bar, and its status by shape and word as well as by colour. The column heading names the
 * whole.
 *
 * @param share used share of the limit
 * @param display what the figure and the bar show; the status always follows use
 */
export function ShareCell({ share: used, status, display = "used" }: {
  readonly share: number | null;
  readonly status: StatusWord;
  readonly display?: Display;
}) {
  const share = used === null || display === "used" ? used : 1 - used;
  const width = `${Math.round(Math.min(1, Math.max(0, share ?? 0)) * 1000) / 10}%`;
  return (
    <span class={`share-cell inline-flex items-center justify-end gap-2 ${STATUS_TEXT[status]}`}>
      <svg class="share-bar" width="48" height="6" aria-hidden="true">
        <rect class="share-track" width="100%" height="6" rx="3" />
        {share !== null && <rect class={`fill-status-${status}`} width={width} height="6" rx="3" />}
      </svg>
      <span class="share-figure">{formatShare(share)}</span>
      <StatusIcon status={status} />
      <span class="sr-only">{status}</span>
    </span>
  );
}

/** Marks a row as open on narrow screens, which omit the column that says so. */
export function Open() {
  return (
    <>
      {" "}
      <span class="narrow-only text-accent">open</span>
    </>
  );
}
