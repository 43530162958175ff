/** Shows which parts of a vendor's answer could not be used. */
import { harmless } from "../../base/text.ts";
import type { AccountView } from "../../model/view/view.ts";
import { nodeKey } from "../words.ts";

/** The parts of the vendor's answer that could not be used; renders nothing when there are none. */
export function AccountDropped({ account }: { readonly account: AccountView }) {
  const { dropped = [] } = account;
  if (dropped.length === 0) return null;
  return (
    <details class="account-dropped mb-3 text-sm text-muted">
      <summary>
        {dropped.length === 1
          ? "One part of the last response was not recognized."
          : `${dropped.length} parts of the last response were not recognized.`}
      </summary>
      <ul class="mt-1 list-disc pl-5">
        {dropped.map(({ what, why }) => (
          <li key={nodeKey(`${what} ${why}`)} class="outside-text">
            {`${harmless(what)}: ${harmless(why)}`}
          </li>
        ))}
      </ul>
    </details>
  );
}
