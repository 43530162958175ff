/** What was spent by month: the vendor's own sums, days added up, since when, and where the month is heading. */
import type { Slot, Use } from "../../lib/model/history/usage.ts";
import type { DisplayCycle } from "../../lib/model/view/display_cycle.ts";
import type { QuotaView } from "../../lib/model/view/view.ts";
import { readMonthSpend, readSpend } from "../../lib/read/spend.ts";
import { assertEquals } from "../support/assert.ts";
import { DAY_MS, HOUR_MS, MONTHLY, utc } from "../support/readings.ts";
import { type SpendFacts, spendSources } from "../support/spend_sources.ts";
import { accountViewOf, quotaViewOf } from "../support/views.ts";

const NOW = utc("2026-11-20 12:00");
const TODAY = utc("2026-11-20");
const NOVEMBER = utc("2026-11-01");
const MONTH_END = utc("2026-12-01");
const DAILY = { kind: "calendar", seconds: 86_400 } as const;

function dollars(quota: string, fields: Partial<QuotaView> = {}): QuotaView {
  return quotaViewOf({
    quota,
    unit: "usd",
    limit: null,
    used: 7,
    window: DAILY,
    at: NOW,
    resetsAt: TODAY + DAY_MS,
    cycle: { startedAt: TODAY, peak: 7, consumed: 7, whole: true },
    ...fields,
  });
}

/** A counter of the calendar month, with a stated sum. */
const monthly = (fields: Partial<QuotaView> = {}) =>
  dollars("month", {
    window: MONTHLY,
    resetsAt: MONTH_END,
    used: 70,
    cycle: { startedAt: NOVEMBER, peak: 70, consumed: 70, whole: true },
    ...fields,
  });

const api = (...quotas: readonly QuotaView[]) => accountViewOf(quotas);
const ever = NOVEMBER - 100 * DAY_MS;

/** A number of dollars for each day from one on. */
const daily = (amount: number, from: number) => (slot: Slot) =>
  slot.from >= from ? { consumed: amount } : null;

async function monthsOf(facts: Partial<SpendFacts>) {
  const { accounts, months } = await readSpend(spendSources({ accounts: [], now: NOW, ...facts }));
  const labels = months.map(({ label }) => label);
  return accounts[0]!.months.map((
    month,
    back,
  ) => [labels[back], month?.amount ?? null, month?.since ?? null]);
}

Deno.test("twelve months are listed, the current one up to now and those before the first reading not at all", async () => {
  const uses = { "acme/default/day": { since: utc("2026-10-30"), at: daily(2, utc("2026-10-30")) } } as const;
  const months = await monthsOf({ accounts: [api(dollars("day"))], uses });
  assertEquals(months.length, 12);
  assertEquals(months.slice(0, 3), [
    ["2026-11", 20 * 2, null],
    ["2026-10", 2 * 2, utc("2026-10-30")],
    ["2026-09", null, null],
  ]);
  const all = { "acme/default/day": { since: utc("2025-01-01"), at: daily(2, utc("2025-01-01")) } } as const;
  const complete = await monthsOf({ accounts: [api(dollars("day"))], uses: all });
  assertEquals(complete.slice(-2), [["2026-01", 31 * 2, null], ["2025-12", 31 * 2, null]]);
});

Deno.test("the first millisecond of a day has its use", async () => {
  const uses = { "acme/default/day": { since: ever, at: daily(2, NOVEMBER) } } as const;
  const at = async (now: number) => (await monthsOf({ accounts: [api(dollars("day"))], uses, now }))[0];
  assertEquals(await at(TODAY), ["2026-11", 20 * 2, null]);
  assertEquals(await at(TODAY - 1), ["2026-11", 19 * 2, null]);
});

Deno.test("a month is known since its first day with readings, unless they began with it or before", async () => {
  const at = async (since: number | null, first = utc("2026-11-05")) => {
    const uses = { "acme/default/day": { since, at: daily(1, first) } } as const;
    return (await monthsOf({ accounts: [api(dollars("day"))], uses }))[0]!.slice(1);
  };
  assertEquals(await at(NOVEMBER - 1), [16, null]);
  assertEquals(await at(NOVEMBER), [16, null]);
  assertEquals(await at(NOVEMBER + 1, NOVEMBER), [20, NOVEMBER]);
  assertEquals(await at(utc("2026-11-05 10:00")), [16, utc("2026-11-05")]);
  // When the first reading is not known, the first day with any tells.
  assertEquals(await at(null), [16, utc("2026-11-05")]);
  assertEquals(await at(null, NOVEMBER), [20, null]);
  assertEquals(await at(null, NOVEMBER - DAY_MS), [20, null]);
});

Deno.test("amounts of one currency add up, and are as complete as the least complete of them", async () => {
  const accounts = [
    accountViewOf([dollars("day", { key: "acme/one/day" })], { key: "acme/one", name: "one" }),
    accountViewOf([
      dollars("euro", { key: "acme/two/euro", currency: "EUR" }),
      dollars("day", { key: "acme/two/day" }),
    ], { key: "acme/two", name: "two" }),
  ];
  const pools = ["day", "euro"].map((quota) => ({ counts: "spend", quotas: [quota] }) as const);
  const uses = {
    "acme/one/day": { since: utc("2026-11-03"), at: daily(1, utc("2026-11-03")) },
    "acme/two/day": { since: utc("2026-11-11"), at: daily(10, utc("2026-11-11")) },
    "acme/two/euro": { since: ever, at: daily(5, ever) },
  } as const;
  const { totals, accounts: rows } = await readSpend(
    spendSources({ accounts, now: NOW, uses, pools, budgets: { "acme/two": 9 } }),
  );
  assertEquals(rows.map(({ account, currency, title, budget }) => [account, currency, title, budget]), [
    ["acme/one", "USD", "Acme (one)", null],
    ["acme/two", "USD", "Acme (two)", null],
    // A budget stored without a currency is in that of the money that was there first.
    ["acme/two", "EUR", "Acme (two)", 9],
  ]);
  assertEquals(totals.map(({ currency, months }) => [currency, months[0], months[1]?.amount ?? null]), [
    ["USD", { amount: 18 + 100, since: utc("2026-11-11"), isPartly: true }, null],
    ["EUR", { amount: 100, since: null }, 31 * 5],
  ]);
});

Deno.test("a counter of the calendar month states the month, one of days does not", async () => {
  const at = async (fields: Partial<QuotaView>) => {
    const uses = {
      "acme/default/month": { since: utc("2026-11-05"), at: daily(1, utc("2026-11-05")) },
    } as const;
    return (await monthsOf({ accounts: [api(monthly(fields))], uses }))[0]!.slice(1);
  };
  const cycle = { startedAt: MONTH_END - DAY_MS, peak: 1, consumed: 1, whole: true };
  assertEquals(await at({}), [70, null]);
  assertEquals(await at({ window: { kind: "calendar", seconds: 30 * 86_400 } }), [70, null]);
  assertEquals(await at({ window: { kind: "calendar", seconds: 27.5 * 86_400 } }), [70, null]);
  assertEquals(await at({ window: { kind: "calendar", seconds: 7 * 86_400 } }), [16, utc("2026-11-05")]);
  // Without a stated length it is as long as its cycle, if that was read from its start.
  assertEquals(await at({ cycle }), [16, utc("2026-11-05")]);
  assertEquals(await at({ cycle: { ...cycle, whole: false } }), [70, null]);
  assertEquals(await at({ cycle: { ...cycle, startedAt: NOVEMBER } }), [70, null]);
});

function month(endedAt: number | null, fields: Partial<DisplayCycle> = {}): DisplayCycle {
  return {
    quota: "acme/default/month",
    startedAt: utc("2026-10-02"),
    endedAt,
    resetsAt: endedAt,
    peak: 55,
    consumed: 33,
    limit: null,
    count: 9,
    lastAt: endedAt ?? NOW,
    whole: false,
    endedBy: [],
    peakShare: null,
    ...fields,
  };
}

Deno.test("a past month is what its counter had reached, if that ended within a day of it", async () => {
  const at = async (cycle: DisplayCycle, now = NOW) => {
    const uses = {
      "acme/default/month": { since: utc("2026-10-31"), at: daily(1, utc("2026-10-31")) },
    } as const;
    return (await monthsOf({ accounts: [api(monthly())], uses, cycles: [cycle], now }))[1]!.slice(1);
  };
  const stated = [55, null];
  const counted = [1, utc("2026-10-31")];
  assertEquals(await at(month(NOVEMBER)), stated);
  assertEquals([await at(month(NOVEMBER - DAY_MS)), await at(month(NOVEMBER - DAY_MS - 1))], [
    stated,
    counted,
  ]);
  assertEquals([await at(month(NOVEMBER + DAY_MS)), await at(month(NOVEMBER + DAY_MS + 1))], [
    stated,
    counted,
  ]);
  assertEquals(await at(month(null)), counted);
  // One that is still to end then has not reached it.
  const soon = utc("2026-11-01 06:00");
  assertEquals([await at(month(soon), soon), await at(month(soon), soon - 1)], [stated, counted]);
  // Amounts of another unit are no dollars.
  assertEquals(await at(month(NOVEMBER, { unit: "credits" })), counted);
  assertEquals(await at(month(NOVEMBER, { unit: "usd" })), stated);
  assertEquals(await at(month(NOVEMBER, { peak: null })), counted);
  // First read in the last hours of the vendor's month.
  assertEquals(await at(month(NOVEMBER + 6 * HOUR_MS, { startedAt: NOVEMBER + HOUR_MS })), stated);
  // The earliest month.
  const earliest = month(utc("2026-01-01"), { startedAt: utc("2025-12-01") });
  const months = await monthsOf({ accounts: [api(monthly())], cycles: [earliest] });
  assertEquals(months.at(-1), ["2025-12", 55, null]);
  // West of Greenwich it begins after that of the vendor.
  const west = await readSpend(
    spendSources({ accounts: [api(monthly())], now: NOW, cycles: [earliest], zone: "America/Los_Angeles" }),
  );
  assertEquals(west.accounts[0]!.months.at(-1), { amount: 55, since: null });
});

Deno.test("past months of a fleet are those of its counters, although a list of cycles has an end", async () => {
  const names = Array.from({ length: 450 }, (_, number) => `a${number}` as const);
  const accounts = names.map((name) =>
    accountViewOf([monthly({ key: `acme/${name}/month` })], { key: `acme/${name}`, name })
  );
  const cycles = names.flatMap((name) =>
    Array.from({ length: 11 }, (_, back) => {
      const [startedAt, endedAt] = [Date.UTC(2026, 9 - back, 1), Date.UTC(2026, 10 - back, 1)];
      return month(endedAt, { quota: `acme/${name}/month`, startedAt });
    })
  );
  const sources = spendSources({ accounts, now: NOW, cycles });
  const { accounts: rows } = await readSpend({
    ...sources,
    analysis: {
      ...sources.analysis,
      // As the list of the program: the newest four thousand.
      async cyclesInRange(quotas, range) {
        const { items } = await sources.analysis.cyclesInRange(quotas, range);
        const sorted = items.toSorted((a, b) => b.startedAt - a.startedAt);
        return { items: sorted.slice(0, 4000), more: items.length > 4000 };
      },
    },
  });
  assertEquals(rows.length, 450);
  assertEquals(rows.filter(({ months }) => months.slice(1).every((one) => one?.amount === 55)).length, 450);
});

Deno.test("the projection is the mean of the last fourteen complete days, for the rest of the month", async () => {
  const first = TODAY - 14 * DAY_MS;
  const project = async (at: (slot: Slot) => { readonly consumed: number } | null, since = ever) => {
    const uses = { "acme/default/day": { since, at } } as const;
    const [account] =
      (await readSpend(spendSources({ accounts: [api(dollars("day"))], now: NOW, uses }))).accounts;
    return account!.projection;
  };
  const only = (day: number, amount: number) => (slot: Slot) => ({
    consumed: slot.from === day ? amount : 1,
  });
  assertEquals(await project(() => ({ consumed: 1 })), { amount: 20 + 10.5, perDay: 1, days: 14 });
  assertEquals((await project(only(first, 15)))!.perDay, 2);
  assertEquals((await project(only(first - DAY_MS, 15)))!.perDay, 1);
  assertEquals((await project(only(TODAY - DAY_MS, 15)))!.perDay, 2);
  // Today is not over.
  assertEquals((await project(only(TODAY, 15)))!.perDay, 1);
  const some = await project((slot) =>
    slot.from < first || slot.from >= TODAY - 3 * DAY_MS ? { consumed: 2 } : null
  );
  assertEquals([some!.days, some!.perDay], [3, 2]);
});

Deno.test("what was spent in days without readings is spread over them, unless a reset hid some of it", async () => {
  const balance = dollars("day", { window: { kind: "balance", seconds: null }, resetsAt: null });
  const project = async (quota: QuotaView, at: (slot: Slot) => Partial<Use> | null) => {
    const uses = { "acme/default/day": { since: ever, at } } as const;
    const { accounts } = await readSpend(spendSources({ accounts: [api(quota)], now: NOW, uses }));
    const { projection } = accounts[0]!;
    return projection && [projection.perDay, projection.days];
  };
  const days = (back: number) => TODAY - back * DAY_MS;
  // Two dollars a day, read on Mondays to Fridays: Monday's reading states three days. 20 November is a Friday.
  const isWeekend = ({ from }: Slot) => [0, 6].includes(new Date(from).getUTCDay());
  const isMonday = ({ from }: Slot) => new Date(from).getUTCDay() === 1;
  const weekdays = (slot: Slot) => isWeekend(slot) ? null : { consumed: isMonday(slot) ? 6 : 2 };
  assertEquals(await project(balance, weekdays), [2, 14]);
  // Three weeks away until yesterday: 42 dollars in 21 days, of which 14 are looked at.
  const away = (slot: Slot) =>
    slot.from >= days(21) && slot.from < days(1) ? null : { consumed: slot.from === days(1) ? 42 : 2 };
  assertEquals(await project(balance, away), [2, 14]);
  // A gap that has not ended is unknown.
  const gone = (slot: Slot) => slot.from >= days(4) ? null : { consumed: 2 };
  assertEquals(await project(balance, gone), [2, 10]);
  // Today's first reading ended it.
  const back = (slot: Slot) =>
    slot.from >= days(4) && slot.from < TODAY ? null : { consumed: slot.from === TODAY ? 10 : 2 };
  assertEquals(await project(balance, back), [2, 14]);
  // A counter of days states only the day it is read on; after a reset, what was before is lost.
  assertEquals(await project(dollars("day"), (slot) => isWeekend(slot) ? null : { consumed: 2 }), [2, 10]);
  const reset = (slot: Slot) => isWeekend(slot) ? null : { consumed: 2, resets: isMonday(slot) ? 1 : 0 };
  assertEquals(await project(balance, reset), [2, 10]);
});

Deno.test("a day in the middle of which readings began is not complete, nor a month before whose first reading it began", async () => {
  const day = (quota: string, since: number | null, amount: number) => ({
    [`acme/default/${quota}`]: { since, at: () => ({ consumed: amount }) },
  });
  const read = async (since: number | null) => {
    const uses = day("month", since, 1) as SpendFacts["uses"];
    const { accounts } = await readSpend(
      spendSources({ accounts: [api(monthly())], now: NOW, ...uses && { uses } }),
    );
    return accounts[0]!.projection?.days ?? null;
  };
  // Known from the vendor's sum, so that only the days count.
  assertEquals(await read(TODAY - 5 * DAY_MS), 5);
  assertEquals(await read(TODAY - 5 * DAY_MS + 1), 4);
  assertEquals(await read(null), 14);
  const uses = day("day", NOVEMBER + 1, 1) as NonNullable<SpendFacts["uses"]>;
  const { accounts } = await readSpend(spendSources({ accounts: [api(dollars("day"))], now: NOW, uses }));
  assertEquals([accounts[0]!.months[0]!.since, accounts[0]!.projection], [NOVEMBER, null]);
});

Deno.test("a total has a projection and a budget if all accounts with money have them", async () => {
  const account = (name: string, fields: Partial<QuotaView> = {}) =>
    accountViewOf([dollars("day", { key: `acme/${name}/day`, ...fields })], { key: `acme/${name}`, name });
  const whole = { since: ever, at: () => ({ consumed: 1 }) };
  const fresh = { since: TODAY, at: daily(1, TODAY) };
  const past = { since: ever, at: (slot: Slot) => slot.from < NOVEMBER ? { consumed: 1 } : null };
  const total = async (uses: NonNullable<SpendFacts["uses"]>, budgets: SpendFacts["budgets"] = {}) => {
    const names = Object.keys(uses).map((key) => key.split("/")[1]!);
    const accounts = names.map((name) => account(name));
    const { totals } = await readSpend(spendSources({ accounts, now: NOW, uses, budgets }));
    return [totals.length, totals[0]!.projected, totals[0]!.budget];
  };
  assertEquals(await total({ "acme/a/day": whole, "acme/b/day": whole }), [1, 61, null]);
  assertEquals(await total({ "acme/a/day": whole, "acme/b/day": fresh }), [1, null, null]);
  // One without readings this month spends nothing now.
  assertEquals(await total({ "acme/a/day": whole, "acme/b/day": past }), [1, 30.5, null]);
  assertEquals(await total({ "acme/a/day": past }), [1, null, null]);
  const both = { "acme/a": 40, "acme/b": 2.5 } as const;
  assertEquals((await total({ "acme/a/day": whole, "acme/b/day": whole }, both))[2], 42.5);
  assertEquals((await total({ "acme/a/day": whole, "acme/b/day": whole }, { "acme/a": 40 }))[2], null);
  assertEquals((await total({ "acme/a/day": whole }, both))[2], 40);
});

Deno.test("the month of one account is that of the currency of its budget, and null when nothing is known", async () => {
  const uses = { "acme/default/day": { since: ever, at: daily(2, ever) } } as const;
  const read = async (
    quotas: readonly QuotaView[],
    now = NOW,
    known: SpendFacts["uses"] = uses,
    currency: string | null = null,
  ) => {
    const sources = spendSources({ accounts: [], now, uses: known });
    const found = await readMonthSpend(api(...quotas), currency, sources);
    return found && [found.month.label, found.money];
  };
  assertEquals(await read([dollars("day")]), ["2026-11", { amount: 40, currency: "USD" }]);
  assertEquals(await read([dollars("day")], TODAY), ["2026-11", { amount: 40, currency: "USD" }]);
  assertEquals(await read([dollars("day")], TODAY - 1), ["2026-11", { amount: 38, currency: "USD" }]);
  assertEquals(await read([dollars("day")], NOW, {}), null);
  assertEquals(await read([quotaViewOf()]), null);
  const zone = { ...spendSources({ accounts: [], now: NOVEMBER - HOUR_MS, uses }), zone: "Europe/Berlin" };
  assertEquals((await readMonthSpend(api(dollars("day")), null, zone))!.month.label, "2026-11");
  // A purse in dollars that was added later does not take over a budget that was stored without a currency.
  const both = [dollars("new"), dollars("day", { unit: "credits", currency: "CNY" })];
  const later = {
    ...uses,
    "acme/default/new": { since: TODAY - 2 * DAY_MS, at: daily(5, TODAY - 2 * DAY_MS) },
  };
  assertEquals(await read(both, NOW, later), ["2026-11", { amount: 40, currency: "CNY" }]);
  assertEquals(await read(both, NOW, later, "USD"), ["2026-11", { amount: 15, currency: "USD" }]);
  assertEquals(await read(both, NOW, later, "EUR"), null);
});
