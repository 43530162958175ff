/** The fields that say which alerts a channel takes, and when. */
import type { AlertKind } from "../../model/alerts/alert.ts";
import { KIND_WORDS } from "./kinds.ts";

export interface RuleFields {
  readonly least: string;
  readonly urgent: string;
  /** `22:00-07:00` */
  readonly quiet: string;
  /** `08:00`; empty for none. */
  readonly daily: string;
  /** `mon`; empty for no weekly summary. */
  readonly weekday: string;
  readonly weeklyAt: string;
  readonly kinds: readonly { readonly kind: AlertKind; readonly on: boolean }[];
}

const LEAST = [
  ["", "every severity"],
  ["warning", "warnings and critical"],
  ["critical", "critical only"],
] as const;
const URGENT = [
  ["critical", "critical only"],
  ["warning", "warnings and critical"],
  ["none", "nothing"],
] as const;
const DAYS = [
  ["", "none"],
  ["mon", "Monday"],
  ["tue", "Tuesday"],
  ["wed", "Wednesday"],
  ["thu", "Thursday"],
  ["fri", "Friday"],
  ["sat", "Saturday"],
  ["sun", "Sunday"],
] as const;
const LABEL = "flex min-w-0 flex-col gap-1 text-sm font-medium";

export function ChannelRuleFields({ fields }: { readonly fields: RuleFields }) {
  const { least, urgent, quiet, daily, weekday, weeklyAt, kinds } = fields;
  return (
    <>
      <fieldset>
        <legend class="text-sm font-medium">Alerts</legend>
        <input type="hidden" name="kinds" value="chosen" />
        <ul class="mt-2 grid gap-x-6 sm:grid-cols-2 lg:grid-cols-3">
          {kinds.map(({ kind, on }) => (
            <li key={kind}>
              <label class="touch-target flex items-center gap-2 py-1 text-sm">
                <input type="checkbox" name="kind" value={kind} checked={on} />
                {KIND_WORDS[kind]}
              </label>
            </li>
          ))}
        </ul>
        <label class={`${LABEL} mt-3 w-fit`}>
          Severity
          <Choice name="least" options={LEAST} chosen={least} />
        </label>
      </fieldset>
      <fieldset>
        <legend class="text-sm font-medium">Quiet hours</legend>
        <p id="quiet-hint" class="text-sm text-muted">
          What is not urgent waits until they end, and comes as one message.
        </p>
        <div class="mt-2 flex flex-wrap gap-4">
          <label class={LABEL}>
            Hours
            <input
              name="quiet"
              class="field touch-target w-40"
              placeholder="22:00-07:00"
              value={quiet}
              aria-describedby="quiet-hint"
            />
          </label>
          <label class={LABEL}>
            Sent anyway
            <Choice name="urgent" options={URGENT} chosen={urgent} />
          </label>
        </div>
      </fieldset>
      <fieldset>
        <legend class="text-sm font-medium">Summaries</legend>
        <div class="mt-2 flex flex-wrap gap-4">
          <label class={LABEL}>
            Every day at
            <input type="time" name="daily" class="field touch-target" value={daily} />
          </label>
          <label class={LABEL}>
            Every week on
            <Choice name="weekday" options={DAYS} chosen={weekday} />
          </label>
          <label class={LABEL}>
            at
            <input type="time" name="weeklyAt" class="field touch-target" value={weeklyAt} />
          </label>
        </div>
      </fieldset>
    </>
  );
}

function Choice({ name, options, chosen }: {
  readonly name: string;
  readonly options: readonly (readonly [value: string, text: string])[];
  readonly chosen: string;
}) {
  return (
    <select name={name} class="field touch-target max-w-full">
      {options.map(([value, text]) => (
        <option key={value} value={value} selected={value === chosen}>{text}</option>
      ))}
    </select>
  );
}
