/** What the settings page reports as done, according to its URL. */
import { toFailure } from "../../lib/web/failure.ts";
import { StoreError } from "../../lib/store/store.ts";
import { assertEquals } from "../support/assert.ts";

Deno.test("a full disk, a locked and a read-only database are reported as such, not as an internal failure", () => {
  const statusOf = (kind: "full" | "locked" | "unwritable" | "corrupt") =>
    toFailure(new StoreError(kind, "planted inside", "hint"));
  assertEquals([statusOf("full").status, statusOf("locked").status, statusOf("unwritable").status], [
    507,
    503,
    503,
  ]);
  assertEquals(statusOf("corrupt").status, 500);
  assertEquals(JSON.stringify(statusOf("full")).includes("planted"), false);
});
