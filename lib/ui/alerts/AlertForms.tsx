/** Forms of the alerts page: its filters, snoozes, and the link to the channels. */
import { TimeField } from "../TimeField.tsx";
import { wallText } from "../../model/time.ts";
import { Card } from "../settings/parts.tsx";
import { ALERT_STATES, type AlertsPageView, KIND_WORDS, STATE_WORDS } from "./kinds.ts";
import { Targets } from "./Targets.tsx";

const HOURS: readonly (readonly [hours: string, text: string])[] = [
  ["1", "1 hour"],
  ["4", "4 hours"],
  ["12", "12 hours"],
  ["24", "a day"],
  ["168", "a week"],
  ["reset", "until its reset"],
];

export function FilterForm(
  { filter, accounts, kinds }: Pick<AlertsPageView, "filter" | "accounts" | "kinds">,
) {
  const isFiltered = filter.account !== "" || filter.kind !== "" || filter.state !== "";
  return (
    <form method="get" action="/alerts" class="no-print mt-3 flex flex-wrap items-end gap-3" data-filter>
      <label class="flex min-w-0 flex-col gap-1 text-sm font-medium">
        Account
        <select name="account" class="field touch-target max-w-full">
          <option value="">all</option>
          {accounts.map(({ key, title }) => (
            <option key={key} value={key} selected={key === filter.account}>{title}</option>
          ))}
        </select>
      </label>
      <label class="flex min-w-0 flex-col gap-1 text-sm font-medium">
        Kind
        <select name="kind" class="field touch-target max-w-full">
          <option value="">all</option>
          {kinds.map((kind) => (
            <option key={kind} value={kind} selected={kind === filter.kind}>{KIND_WORDS[kind]}</option>
          ))}
        </select>
      </label>
      <label class="flex min-w-0 flex-col gap-1 text-sm font-medium">
        State
        <select name="state" class="field touch-target max-w-full">
          <option value="">any</option>
          {ALERT_STATES.map((state) => (
            <option key={state} value={state} selected={state === filter.state}>{STATE_WORDS[state]}</option>
          ))}
        </select>
      </label>
      <button type="submit" class="button touch-target unneeded">Show</button>
      {isFiltered && (
        <a href="/alerts" class="touch-target inline-flex items-center text-sm underline">
          All
        </a>
      )}
    </form>
  );
}

type SnoozePart = Pick<
  AlertsPageView,
  "snoozes" | "snoozing" | "accounts" | "quotas" | "kinds" | "problems" | "mayWrite"
>;

export function SnoozeCard(
  { snoozes, snoozing, accounts, quotas, kinds, problems, mayWrite, zone }: SnoozePart & {
    readonly zone: string;
  },
) {
  const problem = problems["target"] ?? problems["until"] ?? problems["hours"];
  return (
    <div id="snooze">
      <Card title="Snooze">
        {snoozes.length > 0 && (
          <ul class="mt-3 text-sm">
            {snoozes.map(({ target, title, kind, until }) => (
              <li key={`${target} ${kind}`} class="flex flex-wrap items-center justify-between gap-3 py-1">
                <span class="outside-text">
                  {title}
                  {kind !== null && `, ${KIND_WORDS[kind].toLowerCase()},`} until {wallText(until, zone)}
                </span>
                {mayWrite && (
                  <form method="post" action="/alerts">
                    <input type="hidden" name="action" value="unsnooze" />
                    <input type="hidden" name="target" value={target} />
                    <button
                      type="submit"
                      class="button touch-target"
                      aria-label={`End the snooze of ${title}`}
                    >
                      End
                    </button>
                  </form>
                )}
              </li>
            ))}
          </ul>
        )}
        {!mayWrite && snoozes.length === 0 && <p class="mt-3 text-sm text-muted">Nothing is snoozed.</p>}
        {mayWrite && (
          <form method="post" action="/alerts" class="mt-3 flex flex-wrap items-end gap-3">
            <input type="hidden" name="action" value="snooze" />
            <label class="flex min-w-0 flex-col gap-1 text-sm font-medium">
              Of
              <Targets name="target" accounts={accounts} quotas={quotas} chosen={snoozing.target} />
            </label>
            <label class="flex min-w-0 flex-col gap-1 text-sm font-medium">
              Kind
              <select name="kind" class="field touch-target max-w-full">
                <option value="">every kind</option>
                {kinds.map((kind) => (
                  <option key={kind} value={kind} selected={kind === snoozing.kind}>
                    {KIND_WORDS[kind]}
                  </option>
                ))}
              </select>
            </label>
            <label class="flex flex-col gap-1 text-sm font-medium">
              For
              <select name="hours" class="field touch-target">
                {HOURS.map(([hours, text]) => (
                  <option key={hours} value={hours} selected={hours === "4"}>{text}</option>
                ))}
              </select>
            </label>
            <div class="flex flex-col gap-1 text-sm font-medium">
              <label for="snooze-until">Or until</label>
              <TimeField id="snooze-until" name="until" label="Or until" withTime />
            </div>
            <button type="submit" class="button touch-target">Snooze</button>
            {problem && <p class="w-full text-sm text-critical">{problem}.</p>}
          </form>
        )}
      </Card>
    </div>
  );
}

export function ChannelsCard({ channels }: Pick<AlertsPageView, "channels">) {
  return (
    <Card title="Channels">
      {channels.length === 0
        ? <p class="mt-3 text-sm text-muted">No channels yet: alerts are shown here and not sent anywhere.</p>
        : (
          <ul class="mt-3 text-sm">
            {channels.map(({ id, type, isInTrouble }) => (
              <li key={id} class="outside-text py-1">
                <span class="font-medium">{id}</span> <span class="text-muted">{type}</span>
                {isInTrouble && <span class="text-critical">, failing</span>}
              </li>
            ))}
          </ul>
        )}
      <p class="mt-3">
        <a href="/alerts/channels" class="button touch-target" aria-current="false">
          Manage channels
        </a>
      </p>
    </Card>
  );
}
