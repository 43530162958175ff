/** One account: who it is, how it fares, and its quotas. */
import type { Signal } from "@preact/signals";
import { formatDuration } from "../model/format.ts";
import type { AccountView } from "../model/view.ts";
import { harmless } from "../text.ts";
import { instantText } from "./dates.ts";
import { Age, QuotaCard } from "./QuotaCard.tsx";
import { accountTitle, healthWord, isStale, planText } from "./words.ts";

export interface AccountSectionProps {
  readonly account: AccountView;
  readonly now: Signal<number>;
  readonly zone: string;
}

export function AccountSection({ account, now, zone }: AccountSectionProps) {
  const { health } = account;
  const stale = isStale(account, now.value);
  const well = health.state === "fresh" && !stale;
  const plan = planText(account);
  const id = `account-${account.key.replace(/[^\w-]+/g, "-")}`;
  return (
    <section class="account mt-8" data-account={account.key} data-health={health.state} aria-labelledby={id}>
      <header class="mb-3 flex flex-wrap items-baseline gap-x-3 gap-y-1">
        <h2 id={id} class="outside-text text-lg font-semibold">{accountTitle(account)}</h2>
        {plan !== "" && (
          <span class="account-plan outside-text rounded-xl border border-line px-2 text-xs text-muted">
            {plan}
          </span>
        )}
        <p class={`account-health text-sm sm:ml-auto ${well ? "text-muted" : "text-danger"}`}>
          {healthWord(account, now.value)}
          {account.at !== null && (
            <>
              {stale ? ", figures from " : ", read "}
              <Age at={account.at} now={now} />
            </>
          )}
        </p>
      </header>
      {health.hint !== null && health.state !== "fresh" && (
        <p class="account-hint outside-text mb-3 rounded-lg border border-line bg-sunken px-3 py-2 text-sm">
          {sentence(harmless(health.hint))}
          {health.nextAt !== null && health.nextAt > now.value && (
            <span class="text-muted">
              {` Next try in ${formatDuration(health.nextAt - now.value)}, at ${
                instantText(health.nextAt, now.value, zone)
              }.`}
            </span>
          )}
        </p>
      )}
      {account.quotas.length === 0
        ? (
          <p class="rounded-xl border border-dashed border-line p-4 text-sm text-muted">
            {account.at === null
              ? "No reading yet."
              : "This account was asked and states no quota for its plan."}
          </p>
        )
        : (
          <div class="grid gap-4 sm:grid-cols-2 lg:grid-cols-3">
            {account.quotas.map((quota) => (
              <QuotaCard
                key={quota.key}
                quota={quota}
                provider={account.provider}
                now={now}
                zone={zone}
                stale={stale}
              />
            ))}
          </div>
        )}
    </section>
  );
}

/** Hints come without their full stop, as messages do. */
function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
