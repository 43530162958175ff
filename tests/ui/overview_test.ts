import {
  chartSubject,
  filtered,
  inOrder,
  orderOf,
  overviewHref,
  providerTabs,
} from "../../lib/ui/overview.ts";
import { parseOverviewQuery } from "../../lib/web/overview.ts";
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

Deno.test("a filter needs neither the dots of a name nor its spelling", () => {
  const dotted = accountViewOf([
    quotaViewOf({ key: "zed/default/weekly", quota: "weekly", label: "Weekly quota" }),
  ], {
    key: "zed/default",
    provider: "zed",
    providerName: "Z.ed X",
  });
  for (const words of ["zed weekly", "z.ed weekly", "zedx", "Z.ED", "week-ly"]) {
    const found = filtered(viewOf([ACME, dotted]), { provider: "", words });
    assertEquals(keys(found), words === "zedx" ? [] : ["zed/default"], words);
  }
  assertEquals(filtered(viewOf([dotted]), { provider: "", words: "---" }), []);
});

Deno.test("the chart is about what is shown: its tightest where there are many, and the title says so", () => {
  const many = accountViewOf(
    Array.from({ length: 12 }, (_, i) => quotaViewOf({ key: `many/default/q${i}`, quota: `q${i}`, used: i })),
    { key: "many/default", provider: "many", providerName: "Many" },
  );
  const view = viewOf([ACME, OTHER, many]);
  assertEquals(chartSubject(viewOf([ACME, OTHER]), { provider: "", words: "" }), {
    quotas: null,
    title: "History",
  });
  assertEquals(chartSubject(view, { provider: "acme", words: "" }), {
    quotas: ["acme/default/high", "acme/default/low"],
    title: "History of Acme",
  });
  const tightest = chartSubject(view, { provider: "many", words: "" });
  assertEquals([tightest.quotas?.length, tightest.quotas?.[0]], [8, "many/default/q11"]);
  assertEquals(tightest.title, "History of the 8 tightest quotas of Many");
  assertEquals(chartSubject(view, { provider: "", words: "calls" }), {
    quotas: ["other/work/full"],
    title: "History of what is shown",
  });
});

Deno.test("a tab that was chosen is remembered until another is, and one that is gone is forgotten silently", () => {
  const asked = (query: string, provider?: string) => {
    const { filter, note, remember } = parseOverviewQuery(
      new URLSearchParams(query),
      { ...NOBODY, ...provider !== undefined && { provider } },
      VIEW,
    );
    return [filter.provider, note, remember.map((one) => one.split(";")[0])];
  };
  assertEquals(asked("provider=other"), ["other", "", ["provider=other"]]);
  assertEquals(asked("", "other"), ["other", "", []]);
  assertEquals(asked("provider=", "other"), ["", "", ["provider="]]);
  assertEquals(asked("provider=acme", "other"), ["acme", "", ["provider=acme"]]);
  assertEquals(asked("", "gone"), ["", "", []]);
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
  const asked = parseOverviewQuery(
    new URLSearchParams({ provider: "<b>", view: "tiny", q: "x".repeat(300) }),
    NOBODY,
    VIEW,
  );
  assertEquals(asked.filter, { provider: "", words: "x".repeat(100) });
  assertEquals([asked.density, asked.remember], ["comfortable", []]);
  for (const word of [/no provider "<b>"/, /no view "tiny"/]) assertMatch(asked.note, word);
});

Deno.test("the density is that of the address, else of the browser, else of the settings", () => {
  const settings = viewOf([], { density: "compact" });
  const ask = (query: string, density: "compact" | "comfortable" | null) =>
    parseOverviewQuery(new URLSearchParams(query), { zone: null, density }, settings).density;
  assertEquals(ask("", null), "compact");
  assertEquals(ask("", "comfortable"), "comfortable");
  assertEquals(ask("view=compact", "comfortable"), "compact");
});
