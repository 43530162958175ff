import { createHub } from "../../lib/base/hub.ts";
import { followAlerts } from "../../lib/alerts/follow.ts";
import { assertEquals } from "../support/assert.ts";

Deno.test("a poll of another instance is evaluated there, and not here again", async () => {
  const evaluated: unknown[] = [];
  const hub = createHub();
  const followed = followAlerts(
    {
      evaluate: (account) => (evaluated.push(account), Promise.resolve([])),
      deliver: () => Promise.resolve({ sent: 0, failed: 0 }),
    },
    { sync: () => Promise.resolve({ failed: 0 }) },
    { hub, log: { debug() {}, info() {}, warn() {}, error() {} } },
  );
  hub.publish({ kind: "account", account: "acme/a", elsewhere: true });
  hub.publish({ kind: "account", account: "acme/b" });
  await followed.send();
  assertEquals(evaluated, ["acme/b"]);
  await followed.stop();
});
