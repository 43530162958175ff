import { chartSubject } from "../../lib/ui/chart/subject.ts";
import { filterAccounts, overviewHref, providerTabs } from "../../lib/ui/overview.ts";
import { computeOrder, inOrder, isOutOfOrder, sortList } from "../../lib/ui/overview_order.ts";
import { parseOverviewQuery } from "../../lib/web/overview.ts";
import { assertEquals, assertMatch } from "../support/assert.ts";
import { accountViewOf, forecastOf, quotaViewOf, READ_AT, viewOf } from "../support/views.ts";

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

Deno.test("accounts and quotas are sorted by tightness, unless the user ordered the accounts", () => {
  const order = computeOrder(VIEW);
  assertEquals(keys(inOrder(VIEW.accounts, order.accounts)), ["other/work", "acme/default", "none/default"]);
  assertEquals(order.quotas, ["other/work/full", "acme/default/high", "acme/default/low"]);
  assertEquals(computeOrder(viewOf(VIEW.accounts, { ordered: true })).accounts, keys(VIEW.accounts));
});

Deno.test("quotas that are out, run out or are nearly full are tight, half-used ones are not", () => {
  const quotas = [
    quotaViewOf({ quota: "half", used: 60 }),
    quotaViewOf({ quota: "full", used: 100, forecast: forecastOf({ state: "exhausted" }) }),
    quotaViewOf({ quota: "blocked", used: 3, allowed: false, status: "blocked" }),
    quotaViewOf({
      quota: "soon",
      used: 10,
      status: "danger",
      forecast: forecastOf({ state: "runs-dry", emptyAt: READ_AT + 60_000 }),
    }),
    quotaViewOf({ quota: "maybe", used: 10, status: "warning", forecast: forecastOf({ state: "tight" }) }),
    quotaViewOf({ quota: "nearly", used: 85 }),
  ];
  const view = viewOf([accountViewOf(quotas)]);
  const order = computeOrder(view);
  assertEquals(order.tight.map((key) => key.split("/")[2]), ["full", "blocked", "soon", "nearly", "maybe"]);
  assertEquals(order.quotas.length, quotas.length);
  assertEquals(isOutOfOrder(view, order, READ_AT), false);
  const reset = viewOf([
    accountViewOf(quotas.map(({ quota }) => quotaViewOf({ quota, used: 1 }))),
  ]);
  assertEquals(isOutOfOrder(reset, order, READ_AT), true);
});

Deno.test("a list sorted by name has the tenth quota after the second", () => {
  const quotas = ["Key 10", "Key 2", "key 1"].map((label) => quotaViewOf({ quota: label, label }));
  const account = accountViewOf(quotas);
  const named = sortList(quotas.map((quota) => ({ account, quota })), "name");
  assertEquals(named.map(({ quota }) => quota.label), ["key 1", "Key 2", "Key 10"]);
});

Deno.test("a list is sorted by name, use or next reset, and quotas without one come last", () => {
  const quotas = [
    quotaViewOf({ quota: "b", label: "beta", used: 20, resetsAt: null }),
    quotaViewOf({ quota: "c", label: "Gamma", used: null, resetsAt: READ_AT + 5 }),
    quotaViewOf({ quota: "a", label: "Alpha", used: 10, resetsAt: READ_AT + 9 }),
  ];
  const account = accountViewOf(quotas);
  const by = (sort: Parameters<typeof sortList>[1]) =>
    sortList(quotas.map((quota) => ({ account, quota })), sort).map(({ quota }) => quota.quota).join("");
  assertEquals([by("need"), by("name"), by("used"), by("reset")], ["bca", "abc", "bac", "cab"]);
});

Deno.test("accounts missing in an order come last and in their own order", () => {
  assertEquals(inOrder([{ key: "c" }, { key: "x" }, { key: "a" }], ["a", "b", "c"]), [
    { key: "a" },
    { key: "c" },
    { key: "x" },
  ]);
});

Deno.test("a filter requires every word, in names of quotas, accounts and providers, in any case", () => {
  const found = (words: string, provider = "") =>
    filterAccounts(VIEW, { provider, words }).flatMap(({ quotas }) => keys(quotas));
  assertEquals(found("HIGH"), ["acme/default/high"]);
  assertEquals(found("work calls"), ["other/work/full"]);
  assertEquals(found("calls", "acme"), []);
  assertEquals(found("", "acme"), ["acme/default/low", "acme/default/high"]);
  assertEquals(keys(filterAccounts(VIEW, { provider: "", words: "none" })), ["none/default"]);
  assertEquals(filterAccounts(VIEW, { provider: "", words: "  " }), VIEW.accounts);
});

Deno.test("a filter ignores dots and spelling of names", () => {
  const dotted = accountViewOf([
    quotaViewOf({ key: "zed/default/weekly", quota: "weekly", label: "Weekly quota" }),
  ], {
    key: "zed/default",
    provider: "zed",
    providerName: "Z.ed X",
  });
  for (const words of ["zed weekly", "z.ed weekly", "zedx", "Z.ED", "week-ly"]) {
    const found = filterAccounts(viewOf([ACME, dotted]), { provider: "", words });
    assertEquals(keys(found), words === "zedx" ? [] : ["zed/default"], words);
  }
  assertEquals(filterAccounts(viewOf([dotted]), { provider: "", words: "---" }), []);
});

Deno.test("a filter finds a name with accents however it is written, and without them", () => {
  const named = accountViewOf([quotaViewOf({ key: "acme/z/weekly", quota: "weekly", label: "Weekly" })], {
    key: "acme/z",
    name: "Zo\u00eb \u6771\u4eac",
  });
  for (const words of ["zo\u00eb", "zoe\u0308", "ZOE", "zoe weekly", "\u6771\u4eac", "\u4eac"]) {
    assertEquals(keys(filterAccounts(viewOf([named]), { provider: "", words })), ["acme/z"], words);
  }
  for (const words of ["zob", "\u0308", "\u897f"]) {
    assertEquals(filterAccounts(viewOf([named]), { provider: "", words }), [], words);
  }
});

Deno.test("the chart shows the displayed quotas, or the tightest of many, and its title says so", () => {
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

Deno.test("a chosen tab is remembered until another is, and a gone one is forgotten silently", () => {
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
  assertEquals(asked("provider=other", "other"), ["other", "", []]);
  assertEquals(asked("provider="), ["", "", []]);
  assertEquals(asked("", "gone"), ["", "", []]);
});

Deno.test("each provider has one tab", () => {
  assertEquals(providerTabs(viewOf([ACME, { ...ACME, key: "acme/two" }, OTHER])), [
    { id: "acme", name: "Acme" },
    { id: "other", name: "Other" },
  ]);
});

Deno.test("a URL keeps parameters that are not changed", () => {
  assertEquals(overviewHref("?range=7d&q=a", { provider: "acme", q: "" }), "/?range=7d&provider=acme");
  assertEquals(overviewHref("?q=a", { q: "" }), "/");
});

Deno.test("values in the URL that do not exist are ignored and reported", () => {
  const asked = parseOverviewQuery(
    new URLSearchParams({ provider: "<b>", view: "tiny", sort: "<i>", q: "x".repeat(300) }),
    NOBODY,
    VIEW,
  );
  assertEquals(asked.filter, { provider: "", words: "x".repeat(100) });
  assertEquals([asked.density, asked.sort, asked.remember], ["comfortable", "need", []]);
  for (const word of [/no provider "<b>"/, /no view "tiny"/, /no order "<i>"/]) assertMatch(asked.note, word);
});

Deno.test("the density comes from the URL, then the browser, then the settings", () => {
  const settings = viewOf([], { density: "compact" });
  const ask = (query: string, density: "compact" | "comfortable" | null) =>
    parseOverviewQuery(new URLSearchParams(query), { zone: null, density }, settings).density;
  assertEquals(ask("", null), "compact");
  assertEquals(ask("", "comfortable"), "comfortable");
  assertEquals(ask("view=compact", "comfortable"), "compact");
});

Deno.test("up to nine quotas are cards and more are a list, unless the user chose", () => {
  const count = (many: number) =>
    viewOf([accountViewOf(Array.from({ length: many }, (_, i) => quotaViewOf({ quota: `q${i}` })))]);
  const ask = (query: string, many: number) =>
    parseOverviewQuery(new URLSearchParams(query), NOBODY, count(many)).density;
  assertEquals([ask("", 9), ask("", 10)], ["comfortable", "compact"]);
  assertEquals([ask("view=compact", 1), ask("view=comfortable", 60)], ["compact", "comfortable"]);
});
