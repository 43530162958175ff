/** Every provider declares which of its quotas measure the same money or use. */
import { findPlace } from "../../lib/model/history/counting.ts";
import { providers } from "../../providers/mod.ts";
import { assert, assertEquals } from "../support/assert.ts";
import { fixturesOf } from "../support/exchange.ts";

for (const { id, pools = [] } of providers) {
  Deno.test(`${id} says of each quota of its fixtures what it counts for`, () => {
    assert(pools.length > 0, `${id} declares no pools`);
    const quotas = fixturesOf(id).flatMap(({ expect }) => expect.quotas ?? []);
    const unknown = quotas.filter(({ key }) => findPlace(key, pools) === null).map(({ key }) => key);
    assertEquals([...new Set(unknown)], []);
  });

  Deno.test(`${id} counts only money as spend`, () => {
    for (const { expect } of fixturesOf(id)) {
      for (const { key, unit } of expect.quotas ?? []) {
        if (findPlace(key, pools)?.counts === "spend") {
          assert(unit === "usd" || unit === "credits", `${key} in ${unit}`);
        }
      }
    }
  });
}
