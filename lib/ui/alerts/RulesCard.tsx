/** The rules of everything, an account or a quota, and the alerts they would have raised in the past. */
import type { ComponentChildren } from "preact";
import { MadeFrom } from "../MadeFrom.tsx";
import { Card, Field } from "../settings/parts.tsx";
import { type AlertsPageView, KIND_WORDS } from "./kinds.ts";
import { NarrowFold } from "../NarrowFold.tsx";
import { nodeKey } from "../words.ts";
import { Targets } from "./Targets.tsx";

type Part = Pick<
  AlertsPageView,
  "rules" | "problems" | "accounts" | "quotas" | "windows" | "own" | "mayWrite"
>;

/** @param children the alerts the rules would have raised */
export function RulesCard({ open, children, ...part }: Part & {
  /** True when the reader came to see or change them: elsewhere a phone folds them. */
  readonly open: boolean;
  readonly children?: ComponentChildren;
}) {
  return (
    <Card title="Rules" id="rules">
      <NarrowFold words="When alerts are raised" open={open}>
        <Rules {...part}>{children}</Rules>
      </NarrowFold>
    </Card>
  );
}

function Rules(
  { rules, problems, accounts, quotas, windows, own, mayWrite, children }: Part & {
    readonly children: ComponentChildren;
  },
) {
  const { of, inherited } = rules;
  return (
    <>
      <form method="get" action="/alerts#rules" class="mt-3 flex flex-wrap items-end gap-3" data-filter>
        <label class="flex min-w-0 flex-col gap-1 text-sm font-medium">
          Of
          <Targets name="of" windows={windows} accounts={accounts} quotas={quotas} chosen={of} />
        </label>
        <button type="submit" class="button touch-target unneeded">Show</button>
      </form>
      {own.length > 0 && (
        <p class="mt-2 text-sm text-muted">
          With rules of their own: {own.map(({ key, title }, place) => (
            <span key={nodeKey(key)}>
              {place > 0 && ", "}
              <a class="outside-text underline" href={`/alerts?of=${encodeURIComponent(key)}#rules`}>
                {title}
              </a>
            </span>
          ))}
        </p>
      )}
      <form method="post" action="/alerts" class="mt-4 flex flex-col gap-5" data-rules-of={of}>
        <input type="hidden" name="of" value={of} />
        <MadeFrom values={rules.stored} />
        <Field
          name="thresholds"
          id="alert-thresholds"
          label="Thresholds"
          hint={`Percent used, or values such as 20% left, 500 used, 1000 left; separated by commas${
            inherited === null ? "" : `; empty for ${inherited.thresholds || "none"} as above`
          }`}
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
            hint={inherited === null
              ? "In its currency; 0 for never"
              : `In its currency; empty for ${inherited.balanceBelow} as above`}
            value={rules.balanceBelow}
            problem={problems.balanceBelow}
          />
          <NumberField
            name="repeatHours"
            label="Repeat after hours"
            hint={inherited === null
              ? "While it lasts; 0 for never"
              : orAbove(inherited.repeatHours, "never")}
            value={rules.repeatHours}
            problem={problems.repeatHours}
          />
          <NumberField
            name="repeatMost"
            label="Repeat at most"
            hint={inherited === null ? "Times, while it lasts" : orAbove(inherited.repeatMost, "")}
            value={rules.repeatMost}
            problem={problems.repeatMost}
          />
          {rules.failingMinutes !== null && (
            <NumberField
              name="failingMinutes"
              label="Failing accounts"
              hint="Alert after minutes"
              value={rules.failingMinutes}
              problem={problems.failingMinutes}
            />
          )}
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
        {children}
        {mayWrite && (
          <p class="flex flex-wrap gap-3">
            <button type="submit" name="action" value="rules" class="button button-primary touch-target">
              Save
            </button>
            <button type="submit" name="try" value="1" formMethod="get" class="button touch-target">
              Try on the last 30 days
            </button>
          </p>
        )}
      </form>
    </>
  );
}

function orAbove(value: number, zero: string): string {
  return `Empty for ${value === 0 && zero !== "" ? zero : value} as above`;
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
