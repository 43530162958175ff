/** Open alerts above the content of a page, until they are dismissed or over. */
import { StatusIcon } from "../icons.tsx";
import { bindHyphens } from "../hyphens.ts";
import { LOOKS } from "./AlertList.tsx";
import type { OpenAlerts } from "./open.ts";

/** More of them would push the figures out of view. */
const MAX_BANNERS = 2;

export interface BannersProps {
  readonly open: OpenAlerts;
  /** Marks of the alerts dismissed in this browser. */
  readonly dismissed: readonly string[];
  /** The page a form returns to. */
  readonly back: string;
  readonly onDismiss?: (mark: string) => boolean;
}

export function Banners({ open, dismissed, back, onDismiss }: BannersProps) {
  const shown = open.alerts.filter(({ mark }) => !dismissed.includes(mark)).slice(0, MAX_BANNERS);
  if (shown.length === 0) return null;
  return (
    <ul class="alert-banners no-print" aria-label="Open alerts">
      {shown.map(({ mark, severity, title, text, href }) => (
        <li key={mark} class="alert-banner" data-severity={severity}>
          <span class={`mt-0.5 shrink-0 ${LOOKS[severity][1]}`}>
            <StatusIcon status={LOOKS[severity][0]} />
            <span class="sr-only">{LOOKS[severity][2]}</span>
          </span>
          <p class="outside-text min-w-0 grow text-sm">
            <a class="font-medium hover:underline" href={href} aria-current="false">{bindHyphens(title)}</a>
            {" "}
            <span class="text-muted">{bindHyphens(text)}</span>
          </p>
          <form
            method="post"
            action="/alerts/dismiss"
            class="shrink-0"
            onSubmit={(event) => {
              if (onDismiss?.(mark)) {
                event.preventDefault();
              }
            }}
          >
            <input type="hidden" name="mark" value={mark} />
            <input type="hidden" name="back" value={back} />
            <button
              type="submit"
              class="icon-button touch-target"
              aria-label={`Dismiss: ${title}`}
              title="Dismiss"
            >
              <span aria-hidden="true">×</span>
            </button>
          </form>
        </li>
      ))}
    </ul>
  );
}
