/** One account: its name, its health and its quotas. */
import type { ReadonlySignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import type { VendorPages } from "../model/vendor.ts";
import type { AccountView } from "../model/view/view.ts";
import { AccountHealth, AccountHint } from "./AccountHealth.tsx";
import { accountHref } from "./links.ts";
import { VendorLinks } from "./VendorLinks.tsx";
import { accountTitle, nodeId, planText } from "./words.ts";

export interface AccountSectionProps {
  readonly account: AccountView;
  readonly now: ReadonlySignal<number>;
  readonly zone: string;
  readonly pages?: VendorPages | undefined;
  /** Its quotas, if any. */
  readonly children: ComponentChildren;
}

export function AccountSection({ account, now, zone, pages, children }: AccountSectionProps) {
  const plan = planText(account);
  const id = nodeId("account", account.key);
  return (
    <section
      class="account mt-8"
      data-account={account.key}
      data-provider={account.provider}
      data-health={account.health.state}
      aria-labelledby={id}
    >
      <header class="mb-3 flex flex-wrap items-baseline gap-x-3 gap-y-1">
        <h2 id={id} class="outside-text text-lg font-semibold">
          <a class="quota-link touch-target" href={accountHref(account.key)} aria-current="false">
            {accountTitle(account)}
          </a>
        </h2>
        {plan !== "" && <span class="account-plan outside-text chip">{plan}</span>}
        <VendorLinks pages={pages} name={account.providerName} />
        <span class="sm:ml-auto">
          <AccountHealth account={account} now={now} />
        </span>
      </header>
      <AccountHint account={account} now={now} zone={zone} />
      {account.quotas.length === 0
        ? (
          <p class="rounded-xl border border-dashed border-line p-4 text-sm text-muted">
            {account.at === null
              ? "No reading yet."
              : "The vendor reports no quotas for the plan of this account."}
          </p>
        )
        : children}
    </section>
  );
}
