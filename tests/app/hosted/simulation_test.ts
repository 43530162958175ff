/** A host that kills instances while they poll and send: nothing is lost, counted twice or sent twice. */
import { join } from "node:path";
import { openDatabase } from "../../../lib/app/open_store.ts";
import { simulate } from "../../../dev/deploy_sim/simulate.ts";
import { assert, assertEquals } from "../../support/assert.ts";

Deno.test("instances killed at any moment store exactly what the vendor stated, and send nothing twice", async () => {
  const folder = await Deno.makeTempDir({ prefix: "syntrack-sim-" });
  try {
    const database = `kv:${join(folder, "shared.kv")}`;
    const { differences, kills, consumed } = await simulate({
      database,
      open: () => openDatabase(database),
      kills: 6,
      accounts: 3,
      instances: 2,
      seed: 7,
    });
    assertEquals(differences, []);
    assert(kills >= 6 && consumed > 0);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
