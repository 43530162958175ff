/** The health of an account in words, and what to do about a problem. */
import type { ReadonlySignal } from "@preact/signals";
import { formatDuration } from "../model/view/format.ts";
import type { AccountView } from "../model/view/view.ts";
import { harmless } from "../base/text.ts";
import { instantText } from "./dates.ts";
import { Age } from "./QuotaParts.tsx";
import { accountTitle, healthWord, isStale } from "./words.ts";

export interface AccountHealthProps {
  readonly account: AccountView;
  readonly now: ReadonlySignal<number>;
  /** True to show a healthy account only by when it was read. */
  readonly brief?: boolean;
}

export function AccountHealth({ account, now, brief = false }: AccountHealthProps) {
  const stale = isStale(account, now.value);
  const well = account.health.state === "fresh" && !stale;
  return (
    <span class={`account-health text-sm ${well ? "text-muted" : "text-danger"}`}>
      {(!brief || !well) && healthWord(account, now.value)}
      {account.at !== null && (
        <>
          {stale ? ", figures from " : brief && well ? "Read " : ", read "}
          <Age at={account.at} now={now} />
        </>
      )}
    </span>
  );
}

interface AccountHintProps extends Omit<AccountHealthProps, "brief"> {
  readonly zone: string;
  /** True to include the account's name. */
  readonly named?: boolean;
}

/** Renders nothing when all is well and there is nothing to add. */
export function AccountHint({ account, now, zone, named }: AccountHintProps) {
  const { hint, state, nextAt } = account.health;
  if (hint === null) return null;
  return (
    <p class="account-hint outside-text notice mb-3" data-account={account.key}>
      {named && <strong class="mr-1">{accountTitle(account)}:</strong>}
      {endSentence(harmless(hint))}
      {state !== "fresh" && nextAt !== null && nextAt > now.value && (
        <span class="text-muted">
          {` Next try in ${formatDuration(nextAt - now.value)}, at ${instantText(nextAt, now.value, zone)}.`}
        </span>
      )}
    </p>
  );
}

/** Adds the full stop that hints, like messages, come without. */
function endSentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
