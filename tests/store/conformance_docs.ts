/** What every store does with documents. */
import fc from "fast-check";
import type { DocKind } from "../../lib/store/store.ts";
import { assert, assertEquals, assertRejects } from "../support/assert.ts";
import type { Case } from "../store_conformance.ts";
import { START as NOW } from "./polls.ts";

const KINDS: readonly DocKind[] = [
  "settings",
  "accounts",
  "identities",
  "renewals",
  "users",
  "logins",
  "keys",
  "passkeys",
  "feeds",
  "notes",
  "alerts",
  "alert_memory",
  "channels",
  "outbox",
  "shared",
];
const KEEP = { readingsMs: 0, fiveMinutesMs: 0, outcomesMs: 0 };

export const DOC_CASES: readonly Case[] = [
  ["puts, gets, replaces and deletes documents", async ({ docs }) => {
    assertEquals(await docs.get("settings", "theme", NOW), null);
    assertEquals(await docs.put("settings", "theme", { dark: true }, NOW), true);
    assertEquals(await docs.get("settings", "theme", NOW), { dark: true });
    assertEquals(await docs.put("settings", "theme", { dark: null }, NOW), true);
    assertEquals(await docs.get("settings", "theme", NOW), { dark: null });
    assertEquals(await docs.delete("settings", "theme"), true);
    assertEquals(await docs.delete("settings", "theme"), false);
    assertEquals(await docs.get("settings", "theme", NOW), null);
  }],

  ["keeps kinds of documents apart", async ({ docs }) => {
    for (const kind of KINDS) await docs.put(kind, "same", kind, NOW);
    for (const kind of KINDS) {
      assertEquals(await docs.get(kind, "same", NOW), kind);
      assertEquals(await docs.list(kind, NOW), [{ id: "same", doc: kind }]);
    }
    await docs.delete("users", "same");
    assertEquals(await docs.list("users", NOW), []);
    assertEquals((await docs.list("keys", NOW)).length, 1);
  }],

  ["optionally puts a document only if there is none", async ({ docs }) => {
    assertEquals(await docs.put("alerts", "a", 1, NOW, { ifAbsent: true }), true);
    assertEquals(await docs.put("alerts", "a", 2, NOW, { ifAbsent: true }), false);
    assertEquals(await docs.get("alerts", "a", NOW), 1);
  }],

  ["treats a document as absent from its expiry on", async ({ docs }) => {
    await docs.put("logins", "x", "me", NOW, { expiresAt: NOW + 10 });
    assertEquals(await docs.get("logins", "x", NOW + 9), "me");
    assertEquals(await docs.get("logins", "x", NOW + 10), null);
    assertEquals(await docs.list("logins", NOW + 9), [{ id: "x", doc: "me" }]);
    assertEquals(await docs.list("logins", NOW + 10), []);
    assertEquals(await docs.put("logins", "x", "you", NOW + 9, { ifAbsent: true }), false);
    assertEquals(await docs.put("logins", "x", "you", NOW + 10, { ifAbsent: true }), true);
    assertEquals(await docs.get("logins", "x", NOW + 1e9), "you", "Put anew without an end, it has none");
  }],

  ["removes expired documents when it prunes, and no others", async (store) => {
    await store.docs.put("logins", "gone", 1, NOW, { expiresAt: NOW + 10 });
    await store.docs.put("logins", "later", 2, NOW, { expiresAt: NOW + 11 });
    await store.docs.put("keys", "never", 3, NOW);
    assertEquals(await store.prune(KEEP, NOW + 10), 1);
    assertEquals(await store.docs.get("logins", "gone", NOW), null);
    assertEquals(await store.docs.get("logins", "later", NOW), 2);
    assertEquals(await store.docs.get("keys", "never", NOW), 3);
  }],

  ["lists documents by id", async ({ docs }) => {
    for (const id of ["b", "a2", "", "a10", "B"]) await docs.put("keys", id, id.length, NOW);
    assertEquals((await docs.list("keys", NOW)).map(({ id }) => id), ["", "B", "a10", "a2", "b"]);
  }],

  ["returns any document under any id", async ({ docs }) => {
    const text = fc.string({ unit: "grapheme", maxLength: 300 });
    await fc.assert(
      fc.asyncProperty(text, fc.jsonValue(), async (id, doc) => {
        const plain = JSON.parse(JSON.stringify(doc));
        await docs.put("settings", id, plain, NOW);
        assertEquals(await docs.get("settings", id, NOW), plain);
      }),
      { numRuns: 60 },
    );
  }],

  ["returns every document of a kind as stored, including expired ones, by id", async ({ docs }) => {
    await docs.put("logins", "b", { a: 1 }, NOW, { expiresAt: NOW + 10 });
    await docs.put("logins", "a", [null, "x"], NOW);
    await docs.put("keys", "c", 3, NOW);
    assertEquals(await docs.all("logins"), [
      { id: "a", doc: [null, "x"], expiresAt: null },
      { id: "b", doc: { a: 1 }, expiresAt: NOW + 10 },
    ]);
    assertEquals(await docs.all("users"), []);
    await assertRejects(async () => await docs.all("strangers" as DocKind));
  }],

  ["changes several documents, all of them or none", async ({ docs }) => {
    await docs.put("accounts", "gone", { a: 1 }, NOW);
    await docs.change([
      { kind: "accounts", id: "gone", doc: null },
      { kind: "accounts", id: "come", doc: { a: 2 } },
      { kind: "keys", id: "come", doc: { a: 3 } },
    ], NOW);
    assertEquals(await docs.list("accounts", NOW), [{ id: "come", doc: { a: 2 } }]);
    assertEquals(await docs.get("keys", "come", NOW), { a: 3 });
    await assertRejects(() =>
      docs.change([
        { kind: "accounts", id: "come", doc: null },
        { kind: "accounts", id: "bad", doc: { a: NaN } },
      ], NOW)
    );
    assertEquals(await docs.list("accounts", NOW), [{ id: "come", doc: { a: 2 } }]);
  }],

  ["changes nothing when a document is another than the one a change was computed from", async ({ docs }) => {
    await docs.put("settings", "a", { n: 1 }, NOW);
    await docs.put("settings", "over", { n: 1 }, NOW, { expiresAt: NOW });
    const b = { kind: "settings", id: "b", doc: { n: 9 } } as const;
    const change = (was: unknown, doc: object | null, id = "a") =>
      docs.change([b, { kind: "settings", id, doc, was }], NOW);
    for (const was of [{ n: 2 }, null]) assertEquals(await change(was, { n: 3 }), false);
    assertEquals(await change({ n: 1 }, { n: 3 }, "absent"), false);
    assertEquals(await docs.list("settings", NOW), [{ id: "a", doc: { n: 1 } }]);
    assertEquals(await change({ n: 1 }, { n: 3 }), true);
    assertEquals(await change(null, { n: 4 }, "over"), true);
    assertEquals(await docs.list("settings", NOW), [
      { id: "a", doc: { n: 3 } },
      { id: "b", doc: { n: 9 } },
      { id: "over", doc: { n: 4 } },
    ]);
    assertEquals(await change({ n: 1 }, null), false);
    assertEquals(await change({ n: 3 }, null), true);
    assertEquals(await docs.get("settings", "a", NOW), null);
  }],

  ["rejects a document that JSON would change", async ({ docs }) => {
    await docs.put("settings", "a", 1, NOW);
    for (const doc of [NaN, { deep: [Infinity] }, undefined]) {
      assert(await assertRejects(() => docs.put("settings", "a", doc, NOW)) instanceof TypeError);
    }
    assertEquals(await docs.get("settings", "a", NOW), 1);
  }],
];
