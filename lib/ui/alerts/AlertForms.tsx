/** Forms for snoozes and for the rules. */
import { wallText } from "../../model/time.ts";
import { Card, Field } from "../settings/parts.tsx";
import { type AlertsPageView, KIND_WORDS } from "./kinds.ts";

const HOURS: readonly (readonly [hours: number, text: string])[] = [
  [1, "1 hour"],
  [4, "4 hours"],
  [12, "12 hours"],
  [24, "a day"],
  [168, "a week"],
];

type Part = Pick<AlertsPageView, "snoozes" | "accounts" | "problems">;

export function SnoozeCard({ snoozes, accounts, zone }: Part & { readonly zone: string }) {
  return (
    <Card title="Snooze">
      {snoozes.length > 0 && (
        <ul class="mt-3 text-sm">
          {snoozes.map(({ target, title, kind, until }) => (
            <li key={`${target} ${kind}`} class="flex flex-wrap items-center justify-between gap-3 py-1">
              <span class="outside-text">
                {title}
                {kind !== null && `, ${KIND_WORDS[kind].toLowerCase()},`} until {wallText(until, zone)}
              </span>
              <form method="post" action="/alerts">
                <input type="hidden" name="action" value="unsnooze" />
                <input type="hidden" name="target" value={target} />
                <button type="submit" class="button touch-target">End</button>
              </form>
            </li>
          ))}
        </ul>
      )}
      <form method="post" action="/alerts" class="mt-3 flex flex-wrap items-end gap-3">
        <input type="hidden" name="action" value="snooze" />
        <label class="flex flex-col gap-1 text-sm font-medium">
          Of
          <select name="target" class="field touch-target">
            <option value="*">everything</option>
            {accounts.map(({ key, title }) => <option key={key} value={key}>{title}</option>)}
          </select>
        </label>
        <label class="flex flex-col gap-1 text-sm font-medium">
          For
          <select name="hours" class="field touch-target">
            {HOURS.map(([hours, text]) => (
              <option key={hours} value={hours} selected={hours === 4}>{text}</option>
            ))}
          </select>
        </label>
        <button type="submit" class="button touch-target">Snooze</button>
      </form>
    </Card>
  );
}

export function RulesCard({ rules, problems }: Pick<AlertsPageView, "rules" | "problems">) {
  return (
    <Card title="Rules">
      <form method="post" action="/alerts" class="mt-3 flex flex-col gap-5">
        <Field
          name="thresholds"
          id="alert-thresholds"
          label="Thresholds"
          hint="Percent used, separated by commas"
          problem={problems.thresholds}
        >
          {(described) => (
            <input
              id="alert-thresholds"
              name="thresholds"
              class="field"
              value={rules.thresholds}
              aria-describedby={described}
            />
          )}
        </Field>
        <div class="grid gap-5 sm:grid-cols-2">
          <NumberField
            name="balanceBelow"
            label="Balance below"
            hint="In its currency; 0 for never"
            value={rules.balanceBelow}
            problem={problems.balanceBelow}
          />
          <NumberField
            name="failingMinutes"
            label="Minutes an account may fail"
            hint="Before you are told"
            value={rules.failingMinutes}
            problem={problems.failingMinutes}
          />
        </div>
        <fieldset>
          <legend class="text-sm font-medium">Kinds</legend>
          <ul class="mt-2 grid gap-x-6 sm:grid-cols-2 lg:grid-cols-1">
            {rules.kinds.map(({ kind, on }) => (
              <li key={kind}>
                <label class="flex items-center gap-2 py-1 text-sm">
                  <input type="checkbox" name="kind" value={kind} checked={on} />
                  {KIND_WORDS[kind]}
                </label>
              </li>
            ))}
          </ul>
        </fieldset>
        <p class="flex flex-wrap gap-3">
          <button type="submit" name="action" value="rules" class="button button-primary touch-target">
            Save
          </button>
          <button type="submit" name="action" value="preview" class="button touch-target">
            Try on the last 30 days
          </button>
        </p>
      </form>
    </Card>
  );
}

function NumberField({ name, label, hint, value, problem }: {
  readonly name: string;
  readonly label: string;
  readonly hint: string;
  readonly value: number | string;
  readonly problem: string | undefined;
}) {
  const id = `alert-${name}`;
  return (
    <Field name={name} id={id} label={label} hint={hint} problem={problem}>
      {(described) => (
        <input
          id={id}
          name={name}
          class="field"
          inputMode="decimal"
          value={value}
          aria-describedby={described}
        />
      )}
    </Field>
  );
}

export function ChannelsCard({ channels }: Pick<AlertsPageView, "channels">) {
  return (
    <Card title="Channels">
      {channels.length === 0
        ? <p class="mt-3 text-sm text-muted">No channel yet: alerts are shown here and sent nowhere.</p>
        : (
          <ul class="mt-3 text-sm">
            {channels.map(({ id, type }) => (
              <li key={id} class="outside-text py-1">
                <span class="font-medium">{id}</span> <span class="text-muted">{type}</span>
              </li>
            ))}
          </ul>
        )}
      <p class="mt-3 text-sm text-muted">
        Add one on the command line:{" "}
        <code class="code">syntrack channels add phone ntfy</code>, and try it with{" "}
        <code class="code">syntrack channels test phone</code>.
      </p>
    </Card>
  );
}
