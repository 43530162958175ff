/** How an account fares, in words, and what to do where it does not. */
import type { ReadonlySignal } from "@preact/signals";
import { formatDuration } from "../model/format.ts";
import type { AccountView } from "../model/view.ts";
import { harmless } from "../text.ts";
import { instantText } from "./dates.ts";
import { Age } from "./QuotaParts.tsx";
import { accountTitle, healthWord, isStale } from "./words.ts";

export interface AccountHealthProps {
  readonly account: AccountView;
  readonly now: ReadonlySignal<number>;
}

export function AccountHealth({ account, now }: AccountHealthProps) {
  const stale = isStale(account, now.value);
  const well = account.health.state === "fresh" && !stale;
  return (
    <p class={`account-health text-sm ${well ? "text-muted" : "text-danger"}`}>
      {healthWord(account, now.value)}
      {account.at !== null && (
        <>
          {stale ? ", figures from " : ", read "}
          <Age at={account.at} now={now} />
        </>
      )}
    </p>
  );
}

interface AccountHintProps extends AccountHealthProps {
  readonly zone: string;
  /** Whether the account has to be named. */
  readonly named?: boolean;
}

/** Nothing where all is well. */
export function AccountHint({ account, now, zone, named }: AccountHintProps) {
  const { hint, state, nextAt } = account.health;
  if (hint === null || state === "fresh") return null;
  return (
    <p class="account-hint outside-text notice mb-3" data-account={account.key}>
      {named && <strong class="mr-1">{accountTitle(account)}:</strong>}
      {sentence(harmless(hint))}
      {nextAt !== null && nextAt > now.value && (
        <span class="text-muted">
          {` Next try in ${formatDuration(nextAt - now.value)}, at ${instantText(nextAt, now.value, zone)}.`}
        </span>
      )}
    </p>
  );
}

/** Hints come without their full stop, as messages do. */
function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
