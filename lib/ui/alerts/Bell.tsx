/** The bell in the header: the number of open alerts, and the most severe of them. */
import { formatAge } from "../../model/view/format.ts";
import { StatusIcon } from "../icons.tsx";
import { BellIcon } from "./BellIcon.tsx";
import { LOOKS } from "./AlertList.tsx";
import { bellText, type OpenAlerts } from "./open.ts";

const MAX_COUNT = 99;

/** Opens without JavaScript as well, since it is a native disclosure element. */
export function Bell({ open, now }: { readonly open: OpenAlerts; readonly now: number }) {
  const { count, alerts } = open;
  const text = bellText(count);
  return (
    <details class="bell no-print relative">
      <summary class="icon-button touch-target relative" aria-label={text} title={text}>
        <BellIcon />
        {count > 0 && (
          <span class="bell-count" data-count={count} aria-hidden="true">
            {count > MAX_COUNT ? `${MAX_COUNT}+` : count}
          </span>
        )}
      </summary>
      <div class="bell-list card-shadow rounded-xl border border-line bg-surface p-3 text-sm">
        {alerts.length === 0 ? <p class="text-muted">{text}.</p> : (
          <ul class="divide-y divide-line">
            {alerts.map(({ mark, severity, title, text, href, raisedAt }) => (
              <li key={mark} class="flex gap-2 py-2">
                <span class={`mt-0.5 shrink-0 ${LOOKS[severity][1]}`}>
                  <StatusIcon status={LOOKS[severity][0]} />
                  <span class="sr-only">{LOOKS[severity][2]}</span>
                </span>
                <span class="min-w-0">
                  <a class="outside-text font-medium hover:underline" href={href} aria-current="false">
                    {title}
                  </a>
                  <span class="outside-text block text-xs text-muted">
                    {text} {formatAge(now - raisedAt)}
                  </span>
                </span>
              </li>
            ))}
          </ul>
        )}
        <p class="mt-2 border-t border-line pt-2">
          <a class="touch-target inline-flex items-center underline" href="/alerts" aria-current="false">
            {count > alerts.length ? `All ${count} alerts` : "All alerts and rules"}
          </a>
        </p>
      </div>
    </details>
  );
}
