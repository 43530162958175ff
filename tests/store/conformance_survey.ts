/** What every store reports about its contents: the quotas of an account, its size, and its consistency. */
import { quotaKey } from "../../lib/model/quota.ts";
import { assert, assertEquals } from "../support/assert.ts";
import { ACCOUNT, DAY_MS, MINUTE_MS, reading } from "../support/readings.ts";
import type { Case } from "../store_conformance.ts";
import { commitAll, createFailure, minutes, pollsOf, START } from "./polls.ts";

export const SURVEY_CASES: readonly Case[] = [
  ["lists all quotas of an account in the order in which they were seen", async (store) => {
    const at = (i: number, quotas: readonly string[], label = "Label") => ({
      at: START + i,
      readings: quotas.map((quota) => reading({ quota, label })),
    });
    await commitAll(store, pollsOf([at(0, ["b"]), at(1, ["c", "a"]), at(2, ["a"], "Other")]));
    assertEquals((await store.quotas(ACCOUNT)).map(({ quota, label }) => [quota, label]), [
      ["b", "Label"],
      ["c", "Label"],
      ["a", "Other"],
    ]);
    for (const { quota, ...described } of await store.quotas(ACCOUNT)) {
      assertEquals(await store.describe(quotaKey(ACCOUNT, quota)), described);
    }
    assertEquals(await store.quotas("acme/nobody"), []);
  }],

  ["counts its contents, and finds no fault", async (store) => {
    assertEquals((await store.size()).accounts, 0);
    await commitAll(store, minutes(Array.from({ length: 70 }, (_, i) => i)));
    await store.note(createFailure(START + DAY_MS));
    const { bytes, freeBytes: _, logBytes: __, ...counts } = await store.size();
    assert(bytes > 0);
    assertEquals(counts, {
      accounts: 1,
      quotas: 1,
      readings: 70,
      buckets: 14 + 2 + 1,
      cycles: 1,
      sessions: 1,
      outcomes: 71,
      firstAt: START,
      lastAt: START + 69 * MINUTE_MS,
    });
    assertEquals(await store.check(), []);
  }],
];
