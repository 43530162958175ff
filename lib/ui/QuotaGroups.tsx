/**
 * How the overview groups its quotas: tight ones first, then the rest by account, folded when there are many.
 */
import type { ReadonlySignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { formatShare } from "../model/view/format.ts";
import type { VendorPages } from "../model/vendor.ts";
import type { AccountView } from "../model/view/view.ts";
import { AccountHealth, AccountHint } from "./AccountHealth.tsx";
import { accountHref } from "./links.ts";
import { VendorLinks } from "./VendorLinks.tsx";
import { accountTitle, planText } from "./words.ts";

export function TightGroup({ isCompact, isOutOfOrder, again, children }: {
  readonly isCompact: boolean;
  /** True when other quotas are tight now than when the page was loaded. */
  readonly isOutOfOrder: boolean;
  /** Address of the same page, for reloading. */
  readonly again: string;
  readonly children: ComponentChildren;
}) {
  return (
    <section class="tight-group mt-6" aria-labelledby="tight-title">
      <header class="mb-3 flex flex-wrap items-baseline gap-x-3">
        <h2 id="tight-title" class="text-lg font-semibold">Tight</h2>
        {isOutOfOrder && (
          <a class="sort-again touch-target text-sm text-accent underline" href={again} aria-current="false">
            Changed since: sort again
          </a>
        )}
      </header>
      <Quotas isCompact={isCompact}>{children}</Quotas>
    </section>
  );
}

/** Cards side by side, or rows. */
export function Quotas({ isCompact, children }: {
  readonly isCompact: boolean;
  readonly children: ComponentChildren;
}) {
  return isCompact
    ? <div class="quota-list card-shadow rounded-xl border border-line bg-surface">{children}</div>
    : <div class="quota-cards grid gap-4">{children}</div>;
}

interface FoldedAccountProps {
  /** With the quotas inside. */
  readonly account: AccountView;
  readonly now: ReadonlySignal<number>;
  readonly zone: string;
  readonly pages?: VendorPages | undefined;
  readonly children: ComponentChildren;
}

/** One account on one line, its quotas inside. */
export function FoldedAccount({ account, now, zone, pages, children }: FoldedAccountProps) {
  const plan = planText(account);
  const id = `account-${account.key.replace(/[^\w-]+/g, "-")}`;
  return (
    <section
      class="folded-account"
      data-account={account.key}
      data-health={account.health.state}
      aria-labelledby={id}
    >
      <details>
        <summary class="touch-target flex flex-wrap items-baseline gap-x-3 gap-y-1">
          <h3 id={id} class="outside-text font-medium">{accountTitle(account)}</h3>
          {plan !== "" && <span class="account-plan outside-text chip">{plan}</span>}
          <span class="text-sm text-muted">{quotasText(account)}</span>
          <span class="sm:ml-auto">
            <AccountHealth account={account} now={now} />
          </span>
        </summary>
        <div class="pt-3">
          <AccountHint account={account} now={now} zone={zone} />
          {children}
          <p class="outside-text mt-3 flex flex-wrap gap-x-4 text-sm">
            <a
              class="quota-link touch-target text-accent underline"
              href={accountHref(account.key)}
              aria-current="false"
            >
              Everything about {accountTitle(account)}
            </a>
            <VendorLinks pages={pages} name={account.providerName} />
          </p>
        </div>
      </details>
    </section>
  );
}

/** `4 quotas, at most 34% used` */
function quotasText({ quotas }: AccountView): string {
  const count = quotas.length;
  if (count === 0) return "no quota";
  const most = quotas.reduce<number | null>(
    (top, { share }) => share !== null && share > (top ?? -1) ? share : top,
    null,
  );
  const number = count === 1 ? "1 quota" : `${count} quotas`;
  return most === null ? number : `${number}, ${count === 1 ? "" : "at most "}${formatShare(most)} used`;
}
