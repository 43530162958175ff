import { createHub } from "../../lib/base/hub.ts";
import { followAlerts } from "../../lib/alerts/follow.ts";
import type { Alert } from "../../lib/model/alerts/alert.ts";
import type { AccountKey } from "../../lib/model/quota.ts";
import { assertEquals } from "../support/assert.ts";

/** Alerts that record the calls they get. @param raisedWith what polls stored with them */
function followed(raisedWith: ReadonlyMap<AccountKey, readonly Alert[]> = new Map()) {
  const evaluated: unknown[] = [];
  const published: unknown[] = [];
  let delivered = 0;
  const hub = createHub();
  const alerts = followAlerts(
    {
      evaluate: (account) => (evaluated.push(account), Promise.resolve([])),
      takeRaised: (account) => raisedWith.get(account) ?? null,
      deliver: () => (delivered++, Promise.resolve({ sent: 0, failed: 0 })),
    },
    { sync: () => Promise.resolve({ failed: 0 }) },
    { hub, log: { debug() {}, info() {}, warn() {}, error() {} } },
  );
  hub.listen((event) => event.kind === "alerts" && published.push(event.account));
  return { hub, alerts, evaluated, published, deliveries: () => delivered };
}

Deno.test("a poll by another instance is evaluated there, and not here again", async () => {
  const { hub, alerts, evaluated } = followed();
  hub.publish({ kind: "account", account: "acme/a", elsewhere: true });
  hub.publish({ kind: "account", account: "acme/b" });
  await alerts.send();
  assertEquals(evaluated, ["acme/b"]);
  await alerts.stop();
});

Deno.test("alerts of a poll are sent at once, and a poll stored with its alerts is not evaluated again", async () => {
  const { hub, alerts, evaluated, published, deliveries } = followed(
    new Map([["acme/a", [{ id: "one" } as Alert]], ["acme/b", []]]),
  );
  hub.publish({ kind: "account", account: "acme/a" });
  hub.publish({ kind: "account", account: "acme/b" });
  await alerts.stop();
  assertEquals(evaluated, []);
  assertEquals(published, ["acme/a"]);
  assertEquals(deliveries(), 1);
});
