/** A poll that reads the same as the account's last one. */
import type { Hub } from "../../lib/base/hub.ts";
import { advance } from "../../lib/model/engine/advance.ts";
import type { AccountKey } from "../../lib/model/quota.ts";
import type { Store } from "../../lib/store/store.ts";

/** Commits it a second after the last one, and notifies listeners. */
export async function pollAgain(store: Store, hub: Hub, account: AccountKey): Promise<void> {
  const before = await store.recall(account);
  if (before.at === null) throw new Error(`Cannot poll ${account} again: it was never polled`);
  const at = before.at + 1000;
  const snapshot = { account, at, readings: Object.values(before.quotas).map(({ reading }) => reading) };
  await store.commit({
    snapshot,
    ...advance(before, snapshot),
    outcome: {
      account,
      at,
      durationMs: 100,
      kind: "ok",
      failures: 0,
      nextAt: at + 60_000,
      nextReason: "interval",
      credential: null,
    },
  });
  hub.publish({ kind: "account", account });
}
