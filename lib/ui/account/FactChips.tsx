/** Facts of an account besides its quotas, as chips. */
import type { ReadonlySignal } from "@preact/signals";
import { factText } from "../../model/view/fact_text.ts";
import type { AccountView } from "../../model/view/view.ts";
import { harmless } from "../../base/text.ts";
import { nodeKey } from "../words.ts";

/** Facts of an account besides its quotas; renders nothing when the provider states none. */
export function FactChips(
  { account, now }: { readonly account: AccountView; readonly now: ReadonlySignal<number> },
) {
  return (
    <>
      {(account.facts ?? []).map((fact) => (
        <span key={nodeKey(fact.key)} class="account-fact outside-text chip">
          {harmless(factText(fact, now.value))}
        </span>
      ))}
    </>
  );
}
