/** What every store does with the audit record. */
import type { AuditEntry, AuditQuery, AuditStore, StoredAuditRow } from "../../lib/store/audit_contract.ts";
import { auditHash } from "../../lib/store/audit_rows.ts";
import { assert, assertEquals, assertMatch, assertRejects } from "../support/assert.ts";
import type { Case } from "../store_conformance.ts";

function entry(at: number, fields: Partial<AuditEntry> = {}): AuditEntry {
  return {
    at,
    by: "local",
    name: "local owner",
    action: "did",
    target: null,
    credential: "local",
    outcome: "done",
    address: null,
    detail: {},
    ...fields,
  };
}

/** Adds entries after those stored, as if they had been written elsewhere: far faster than one by one. */
async function addMany(audit: AuditStore, entries: readonly AuditEntry[]): Promise<void> {
  let { last } = await audit.ends();
  for (let from = 0; from < entries.length; from += 200) {
    const before = last;
    const rows = entries.slice(from, from + 200).map(({ at, ...rest }): StoredAuditRow => {
      const row = { id: last.id + 1, at, entry: JSON.stringify(rest) };
      last = { id: row.id, hash: auditHash(row, last.hash) };
      return { ...row, hash: last.hash };
    });
    await audit.restore(before, rows);
  }
}

export const AUDIT_CASES: readonly Case[] = [
  ["stores entries in order, and returns them newest first", async ({ audit }) => {
    assertEquals(await audit.list({ limit: 10 }), []);
    const first = await audit.append(entry(5, { detail: { a: 1, b: null } }));
    const second = await audit.append(entry(3, { target: "zai/work", address: "192.0.2.7" }));
    assertMatch(first.hash, /^[0-9a-f]{64}$/);
    assert(first.hash !== second.hash);
    assertEquals(await audit.list({ limit: 10 }), [second, first]);
    assertEquals(await audit.list({ limit: 1 }), [second]);
    assertEquals(await audit.list({ limit: 9, before: second.id }), [first]);
    assertEquals(await audit.list({ limit: 9, from: 4, to: 6 }), [first]);
    assertEquals(await audit.list({ limit: 0 }), []);
  }],
  ["finds entries by person, action, credential, outcome and target, however far back", async ({ audit }) => {
    assertEquals(await audit.words(), { names: [], actions: [] });
    await audit.append(
      entry(1, { name: "ada", action: "exported", target: "ZAI/work", credential: "key wall" }),
    );
    await audit.append(entry(2, { name: "nobody", action: "password refused", outcome: "refused" }));
    // More entries than one search covers.
    await addMany(
      audit,
      Array.from({ length: 4098 }, (_, i) => entry(i + 3, { name: "bob", credential: "keychain" })),
    );
    const at = async (query: Partial<AuditQuery>) =>
      (await audit.list({ limit: 9, ...query })).map((row) => row.at);
    assertEquals(await at({ name: "ada" }), [1]);
    assertEquals(await at({ action: "password refused" }), [2]);
    assertEquals(await at({ outcome: "refused" }), [2]);
    assertEquals(await at({ outcome: "done", to: 4 }), [3, 1]);
    assertEquals(await at({ credential: "key" }), [1]);
    assertEquals(await at({ credential: "key wall" }), [1]);
    assertEquals(await at({ target: "zai/" }), [1]);
    assertEquals(await at({ target: "%" }), []);
    assertEquals(await at({ name: "ada", action: "did" }), []);
    assertEquals(await at({ name: "bob", limit: 2 }), [4100, 4099]);
    assertEquals(await audit.words(), {
      names: ["ada", "bob", "nobody"],
      actions: ["did", "exported", "password refused"],
    });
  }],
  ["proves that the record is complete, even after its beginning was removed", async ({ audit }) => {
    assertEquals((await audit.verify()).state, "whole");
    for (let at = 1; at <= 1200; at++) await audit.append(entry(at));
    const whole = await audit.verify();
    assert(whole.state === "whole");
    assertEquals(whole.rows, 1200);
    assertEquals(await audit.prune(1101), 1100);
    const rest = await audit.verify();
    assertEquals(rest, { ...whole, rows: 100 });
    assertEquals((await audit.list({ limit: 9999 })).length, 100);
    assertEquals(await audit.prune(9999), 100);
    assertEquals(await audit.verify(), { ...whole, rows: 0 });
    const next = await audit.append(entry(1));
    assertEquals(next.id, 1201);
  }],
  [
    "accepts rows written elsewhere unchanged if they follow, all of them or none",
    async (store, another) => {
      await using other = await another();
      for (let at = 1; at <= 30; at++) await store.audit.append(entry(at, { name: `person ${at % 3}` }));
      await store.audit.prune(11);
      const { first, last } = await store.audit.ends();
      assertEquals([first.id, last.id], [10, 30]);
      const rows = await store.audit.written(first.id, 99);
      assertEquals(rows.map(({ id }) => id), Array.from({ length: 20 }, (_, i) => i + 11));
      assertEquals((await store.audit.written(28, 99)).length, 2);
      assertEquals((await store.audit.written(10, 5)).length, 5);
      const changed = rows.map((row, i) =>
        i === 7 ? { ...row, entry: row.entry.replace("did", "hid") } : row
      );
      for (const broken of [changed, rows.toSpliced(4, 1), rows.slice(1)]) {
        assert(await assertRejects(() => other.audit.restore(first, broken)) instanceof TypeError);
        assertEquals(await other.audit.list({ limit: 99 }), []);
      }
      await other.audit.restore(first, rows.slice(0, 12));
      const before = rows[11]!;
      await other.audit.restore(before, rows.slice(12));
      assertEquals(await other.audit.list({ limit: 99 }), await store.audit.list({ limit: 99 }));
      assertEquals(await other.audit.ends(), { first, last });
      assertEquals(await other.audit.words(), await store.audit.words());
      assertEquals(await other.audit.verify(), await store.audit.verify());
      assert(await assertRejects(() => other.audit.restore(first, rows)) instanceof TypeError);
      assertEquals(await store.audit.append(entry(31)), await other.audit.append(entry(31)));
    },
  ],
];
