import type { Signal } from "@preact/signals";
import type { DashboardView } from "../lib/model/view.ts";
import { AccountSection } from "../lib/ui/AccountSection.tsx";
import { useNow } from "../lib/ui/clock.ts";
import { summarySentence } from "../lib/ui/words.ts";

interface QuotaGridProps {
  readonly view: Signal<DashboardView>;
  readonly zone: string;
}

/** All accounts with their quotas, the countdowns ticking. */
export default function QuotaGrid({ view, zone }: QuotaGridProps) {
  const now = useNow(view);
  const { accounts, trouble } = view.value;
  return (
    <div>
      <p class="summary outside-text mt-6 max-w-4xl text-xl font-medium leading-snug sm:text-2xl">
        {summarySentence(view.value, now.value)}
      </p>
      {trouble !== null && (
        <p
          class="store-trouble outside-text mt-4 rounded-lg border border-line bg-sunken px-3 py-2 text-sm"
          role="alert"
        >
          <strong class="text-critical">New readings are not kept.</strong> {trouble.message}. {trouble.hint}.
        </p>
      )}
      {accounts.map((account) => (
        <AccountSection
          key={account.key}
          account={account}
          now={now}
          zone={zone}
        />
      ))}
    </div>
  );
}
