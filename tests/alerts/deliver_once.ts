/** A separate program for tests to kill: delivers the due messages of a database once, as of a given time. */
import { createAlerts } from "../../lib/alerts/alerts.ts";
import { createOutside } from "../../lib/alerts/outside.ts";
import { createStoredChannels } from "../../lib/alerts/stored_channels.ts";
import { createVault } from "../../lib/accounts/vault/vault.ts";
import { openSqliteStore } from "../../lib/store/sqlite.ts";

const [folder = "", at = "0"] = Deno.args;
const clock = { now: () => Number(at), sleep: () => Promise.resolve() };
await using store = await openSqliteStore(`${folder}/test.db`);
const alerts = createAlerts({
  store,
  channels: createStoredChannels({ docs: store.docs, vault: createVault(`${folder}/key`), now: clock.now }),
  clock,
  log: { debug() {}, info() {}, warn() {}, error() {} },
  zone: () => "UTC",
  outside: createOutside({ env: () => undefined }),
  accounts: () => Promise.resolve([]),
  spend: () => Promise.resolve(null),
  summary: () => Promise.resolve({ quotas: [], alerts: [], plans: [] }),
});
const { sent, failed } = await alerts.deliver(new AbortController().signal);
console.log(`${sent} sent, ${failed} failed`);
