import { createHub } from "../../lib/base/hub.ts";
import { createVersions } from "../../lib/read/versions.ts";
import { assertEquals } from "../support/assert.ts";

Deno.test("a change for all accounts is a change for each, even for one without an event", () => {
  const hub = createHub();
  const versions = createVersions(hub);
  hub.publish({ kind: "account", account: "acme/a" });
  assertEquals([versions.of("acme/a"), versions.of("acme/b")], [1, 0]);
  hub.publish({ kind: "settings", account: null });
  assertEquals([versions.of("acme/a"), versions.of("acme/b")], [2, 2]);
  versions.close();
});
