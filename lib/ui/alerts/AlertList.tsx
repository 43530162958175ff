/** The raised alerts, newest first, each with its deliveries. */
import { formatAge } from "../../model/view/format.ts";
import { wallText } from "../../model/time.ts";
import { StatusIcon } from "../icons.tsx";
import type { AlertsPageView, ListedAlert } from "./kinds.ts";
import { bindHyphens } from "../hyphens.ts";
import { nodeKey } from "../words.ts";

/** How severities look: shape, colour and word. */
export const LOOKS = {
  info: ["healthy", "text-healthy", "Information"],
  warning: ["warning", "text-warning", "Warning"],
  critical: ["critical", "text-critical", "Critical"],
} as const;

const STATES: Readonly<Record<string, string>> = {
  waiting: "waiting",
  sent: "sent",
  "given-up": "not delivered",
  expired: "not sent",
};

export function AlertList({ alerts, more, filter, mayWrite, now, zone }:
  & Pick<AlertsPageView, "alerts" | "more" | "filter" | "mayWrite">
  & { readonly now: number; readonly zone: string }) {
  const isFiltered = filter.account !== "" || filter.kind !== "" || filter.state !== "";
  if (alerts.length === 0 && isFiltered) {
    return (
      <p class="mt-3 rounded-xl border border-dashed border-line p-4 text-sm text-muted">
        No alert matches. <a class="underline" href="/alerts">Show all</a>
      </p>
    );
  }
  if (alerts.length === 0) {
    return (
      <p class="mt-3 rounded-xl border border-dashed border-line p-4 text-sm text-muted">
        Nothing yet. Alerts appear here when a quota runs low, is used up or is available again, and when an
        account needs you.
      </p>
    );
  }
  return (
    <>
      <ul class="mt-3 divide-y divide-line">
        {alerts.map((alert) => (
          <Row
            key={nodeKey(alert.id)}
            alert={alert}
            mayWrite={mayWrite}
            now={now}
            zone={zone}
          />
        ))}
      </ul>
      {more > 0 && (
        <p class="mt-3 text-sm">
          <a class="underline" href={`/alerts?${new URLSearchParams({ ...filter, all: "1" })}`}>
            Show {more} older
          </a>
        </p>
      )}
    </>
  );
}

function Row({ alert, mayWrite, now, zone }: {
  readonly alert: ListedAlert;
  readonly mayWrite: boolean;
  readonly now: number;
  readonly zone: string;
}) {
  const [shape, colour, word] = LOOKS[alert.severity];
  return (
    <li class="alert flex gap-3 py-3" data-alert={alert.kind} data-severity={alert.severity}>
      <span class={`mt-0.5 shrink-0 ${colour}`} title={word}>
        <StatusIcon status={shape} />
        <span class="sr-only">{word}</span>
      </span>
      <div class="min-w-0 flex-1">
        <p class="flex flex-wrap items-baseline justify-between gap-x-4">
          <a class="outside-text font-medium hover:underline" href={alert.href} aria-current="false">
            {alert.title}
          </a>
          <time
            class="text-xs text-muted"
            dateTime={new Date(alert.raisedAt).toISOString()}
            title={wallText(alert.raisedAt, zone)}
          >
            {formatAge(now - alert.raisedAt)}
          </time>
        </p>
        <p class="outside-text whitespace-pre-line text-sm">
          {bindHyphens(alert.text)}
        </p>
        {alert.details !== "" && alert.details !== alert.text && (
          <p class="outside-text whitespace-pre-line text-sm text-muted">
            {bindHyphens(alert.details)}
          </p>
        )}
        {alert.deliveries.length > 0 && (
          <ul class="mt-1 flex flex-wrap gap-x-4 text-xs text-muted">
            {alert.deliveries.map(({ channel, state, note, at }) => (
              <li key={channel} class="outside-text">
                {channel}: {STATES[state] ?? state}
                {state === "sent" && ` ${wallText(at, zone)}`}
                {state === "waiting" && `, next at ${wallText(at, zone)}`}
                {note !== "" && ` (${note})`}
              </li>
            ))}
          </ul>
        )}
        {(alert.isOpen || mayWrite) && (
          <p class="mt-1 flex flex-wrap items-center gap-x-4 text-xs text-muted">
            {alert.isOpen && <span class="chip">open</span>}
            {mayWrite && (
              <a
                class="touch-target inline-flex items-center underline"
                href={`/alerts?${new URLSearchParams({
                  snooze: alert.target,
                  "of-kind": alert.kind,
                })}#snooze`}
                aria-label={`Snooze alerts like ${alert.title}`}
              >
                Snooze
              </a>
            )}
          </p>
        )}
      </div>
    </li>
  );
}
