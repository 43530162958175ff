import { isLocalOutcome, LOCAL_READINGS, LOCAL_READINGS_WAITING } from "../../lib/model/outcome.ts";
import { assertEquals } from "../support/assert.ts";

Deno.test("an outcome is local when readings came from this machine, also while the vendor is waited for", () => {
  const of = (nextReason: string) => isLocalOutcome({ nextReason });
  assertEquals([of(LOCAL_READINGS), of(LOCAL_READINGS_WAITING), of("interval")], [true, true, false]);
});
