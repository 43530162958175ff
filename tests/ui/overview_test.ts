import { filtered, inOrder, orderOf, overviewHref, providerTabs } from "../../lib/ui/overview.ts";
import { overviewAsked } from "../../lib/web/overview.ts";
import { assertEquals, assertMatch } from "../support/assert.ts";
import { accountViewOf, quotaViewOf, viewOf } from "../support/views.ts";

const ACME = accountViewOf([
  quotaViewOf({ quota: "low", label: "Low", used: 5 }),
  quotaViewOf({ quota: "high", label: "High", used: 80 }),
]);
const OTHER = accountViewOf([
  quotaViewOf({ key: "other/work/full", quota: "full", label: "Tool calls", used: 95 }),
], { key: "other/work", provider: "other", providerName: "Other", name: "work" });
const EMPTY = accountViewOf([], { key: "none/default", provider: "none", providerName: "None" });
const VIEW = viewOf([ACME, OTHER, EMPTY]);
const NOBODY = { zone: null, density: null } as const;

const keys = (items: readonly { readonly key: string }[]) => items.map(({ key }) => key);

Deno.test("accounts and quotas come the tightest first, unless somebody ordered the accounts", () => {
  const order = orderOf(VIEW);
  assertEquals(keys(inOrder(VIEW.accounts, order.accounts)), ["other/work", "acme/default", "none/default"]);
  assertEquals(order.quotas, ["other/work/full", "acme/default/high", "acme/default/low"]);
  assertEquals(orderOf(viewOf(VIEW.accounts, { ordered: true })).accounts, keys(VIEW.accounts));
});

Deno.test("what an order does not know comes last and in its own order", () => {
  assertEquals(inOrder([{ key: "c" }, { key: "x" }, { key: "a" }], ["a", "b", "c"]), [
    { key: "a" },
    { key: "c" },
    { key: "x" },
  ]);
});

Deno.test("a filter takes every word, in names of quotas, accounts and providers, in any case", () => {
  const found = (words: string, provider = "") =>
    filtered(VIEW, { provider, words }).flatMap(({ quotas }) => keys(quotas));
  assertEquals(found("HIGH"), ["acme/default/high"]);
  assertEquals(found("work calls"), ["other/work/full"]);
  assertEquals(found("calls", "acme"), []);
  assertEquals(found("", "acme"), ["acme/default/low", "acme/default/high"]);
  assertEquals(keys(filtered(VIEW, { provider: "", words: "none" })), ["none/default"]);
  assertEquals(filtered(VIEW, { provider: "", words: "  " }), VIEW.accounts);
});

Deno.test("each provider has one tab", () => {
  assertEquals(providerTabs(viewOf([ACME, { ...ACME, key: "acme/two" }, OTHER])), [
    { id: "acme", name: "Acme" },
    { id: "other", name: "Other" },
  ]);
});

Deno.test("an address keeps what it is not asked to change", () => {
  assertEquals(overviewHref("?range=7d&q=a", { provider: "acme", q: "" }), "/?range=7d&provider=acme");
  assertEquals(overviewHref("?q=a", { q: "" }), "/");
});

Deno.test("what an address asks for and does not exist is left out and said", () => {
  const asked = overviewAsked(
    new URLSearchParams({ provider: "<b>", view: "tiny", q: "x".repeat(300) }),
    NOBODY,
    VIEW,
  );
  assertEquals(asked.filter, { provider: "", words: "x".repeat(100) });
  assertEquals([asked.density, asked.remember], ["comfortable", null]);
  for (const word of [/no provider "<b>"/, /no view "tiny"/]) assertMatch(asked.note, word);
});

Deno.test("the density is that of the address, else of the browser, else of the settings", () => {
  const settings = viewOf([], { density: "compact" });
  const ask = (query: string, density: "compact" | "comfortable" | null) =>
    overviewAsked(new URLSearchParams(query), { zone: null, density }, settings).density;
  assertEquals(ask("", null), "compact");
  assertEquals(ask("", "comfortable"), "comfortable");
  assertEquals(ask("view=compact", "comfortable"), "compact");
});
