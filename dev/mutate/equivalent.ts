/** Changes that make no difference, so that no test can notice them, each with its reason. */
import type { Equivalent } from "./equivalent_line.ts";
import { EQUIVALENT_READS } from "./equivalent_read.ts";
import type { Mutant } from "./mutants.ts";

export const EQUIVALENT: readonly Equivalent[] = [
  ...EQUIVALENT_READS,
  {
    path: "lib/read/analysis.ts",
    code: "const MAX_FINDINGS = 2048;",
    from: "2048",
    to: "2049",
    why: "A memory limit: an entry that is not cached is computed again, with the same result",
  },
  ...[
    "if (cache.size >= max) cache.delete(cache.keys().next().value!);",
    "if (days.size >= MAX_STEADY_DAYS) days.clear();",
    "const MAX_FORMATTERS = 100;",
    "const MAX_SPELLINGS = 1000;",
    "const MAX_STEADY_DAYS = 4000;",
    "const MAX_STEADY_ZONES = 20;",
    "if (offset === undefined) {",
  ].map((code) => ({
    path: "lib/model/time.ts",
    code,
    why: "How much is cached: what is not is computed again, with the same result",
  })),
  {
    path: "lib/model/time.ts",
    code:
      "const [first, last] = [day * DAY_MS, (day + 1) * DAY_MS].map((edge) => findExactOffset(edge, zone));",
    from: "1",
    to: "2",
    why:
      "How much is cached: fewer days have one offset at both ends, and no zone changes it twice in two days",
  },
  ...["const REGULAR_SINCE = Date.UTC(1973, 0, 1);", "const REGULAR_UNTIL = Date.UTC(2200, 0, 1);"].map((
    code,
  ) => ({
    path: "lib/model/time.ts",
    code,
    why: "Which days are cached: in these years, too, no zone changes its offset twice in a day",
  })),
  ...[[">=", ">"], ["<", "<="]].map(([from, to]) => ({
    path: "lib/model/time.ts",
    code: "if (!(at >= REGULAR_SINCE && at < REGULAR_UNTIL)) return null;",
    from: from!,
    to: to!,
    why: "Whether one millisecond uses the cache: its offset is the same",
  })),
  ...[["1", "2"], ["2", "3"]].map(([from, to]) => ({
    path: "lib/cli/commands/guard.ts",
    code: "return blocked ? -1 : left ?? 2;",
    from: from!,
    to: to!,
    why: "What is left is from 0 to 1, and any number below sorts first and any above last",
  })),
  {
    path: "lib/poll/poller.ts",
    code: "everyMs: provider.everyMs ?? 0,",
    from: "0",
    to: "1",
    why: "No poll is due sooner than ten seconds after another one",
  },
  {
    path: "lib/poll/scheduler.ts",
    code:
      'const stored = await poller.troubles.guard("read", () => store.outcomes({ account: key, limit: 1 }));',
    why: "How much is read: only the newest outcome is used",
  },
  ...[
    "const everyMs = Math.max(provider.everyMs ?? 0, MIN_INTERVAL_MS);",
    "const everyMs = providers.find((provider) => provider.id === id)?.everyMs ?? 0;",
  ].map((code) => ({
    path: "lib/poll/scheduler.ts",
    code,
    from: "0",
    to: "1",
    why: "No poll is due sooner than ten seconds after another one",
  })),
  {
    path: "lib/poll/rewind_account.ts",
    code: "for (const stored of await store.cycles({ quota, to: to + 1, limit: 2 })) {",
    why: "A cycle without a reading by then is skipped, and one that began then is rebuilt from the readings",
  },
  {
    path: "lib/poll/rewind_account.ts",
    code: "for (const stored of await store.sessions({ account, to, limit: 2 })) {",
    why: "How much is read: of two sessions, only the later one can have no rise by then",
  },
  {
    path: "lib/poll/rewind_account.ts",
    code: "from: last.lastRiseAt + 1,",
    from: "1",
    to: "2",
    why: "No reading follows another one of its quota within a millisecond",
  },
  {
    path: "lib/poll/failure_streak.ts",
    code: "export const MAX_OUTCOMES_READ = 64;",
    from: "64",
    to: "65",
    why: "How much is read: after so many failures every wait has long reached its maximum",
  },
  {
    path: "lib/poll/schedule.ts",
    code: "if (read(schedule).nextRun(new Date(0)) !== null) return null;",
    from: "0",
    to: "1",
    why:
      "Cron times are whole minutes: the first one after the epoch is also the first one a millisecond later",
  },
  {
    path: "lib/poll/known_quotas.ts",
    code: "if (fresh.length === 0 || excess <= 0) return { before, snapshot };",
    from: "<=",
    to: "<",
    why: "Without an excess no quota makes room and each new one fits: the answer is the same",
  },
  {
    path: "lib/read/memory.ts",
    code: "const [first] = await store.cycles({ quota, to: firstAt + 1, limit: 1 });",
    from: "1",
    place: 1,
    to: "2",
    why: "How much is read: only the first is used",
  },
  {
    path: "lib/read/memory.ts",
    code:
      "if (!calendar || calendar.zone !== zone || now < calendar.today.from || now >= calendar.today.to) {",
    from: "<",
    to: "<=",
    why: "How much is cached: the days are computed again, with the same result",
  },
  ...[
    ["lib/read/listed.ts", "items.push(...await read(key, { from, to, limit: limit + 1 }));"],
    ["lib/read/cached_by_range.ts", "return [...items, ...await read(key, { to: since, limit: 1 })];"],
  ].map(([path, code]) => ({
    path: path!,
    code: code!,
    from: "1",
    to: "2",
    why: "How much is read: one more than is needed",
  })),
  {
    path: "lib/read/listed.ts",
    code: "const [before] = from > 0 ? await read(key, { to: Math.min(from, to), limit: 1 }) : [];",
    from: "1",
    to: "2",
    why: "How much is read: only the first is used",
  },
  ...[[">", ">="], ["0", "1"]].map(([from, to]) => ({
    path: "lib/read/listed.ts",
    code: "const [before] = from > 0 ? await read(key, { to: Math.min(from, to), limit: 1 }) : [];",
    from: from!,
    to: to!,
    why: "Nothing begins before the first millisecond of 1970",
  })),
  {
    path: "lib/read/cached_by_range.ts",
    code: "const MAX_LISTS = 4096;",
    why: "A memory limit: a list that is not cached is read again",
  },
  ...[
    "const MAX_READ_ALONE = 32;",
    "const MAX_ACCOUNTS = 10_000;",
    "if (!known || accounts.length > MAX_READ_ALONE) return keep(store.latest(), now);",
    'const views = new Cache<"view", DashboardView>({ max: 1 });',
  ].map((code) => ({
    path: "lib/read/present.ts",
    code,
    ...code.startsWith("if") && { from: ">", to: ">=" },
    ...code.startsWith("const views") && { from: "1", to: "2" },
    why: "How much is read at once or cached: the figures are the same",
  })),
  ...[
    "if (missing.length > 0) {",
    "if (hidden.size > 0) return membersIn(all.filter(({ account }) => !hidden.has(account)));",
  ].map((code) => ({
    path: "lib/read/present.ts",
    code,
    from: ">",
    to: ">=",
    why: "How much is computed: without any the result is the same",
  })),
  {
    path: "lib/read/pages.ts",
    code: "const MIN_CHUNK = 2;",
    from: "2",
    to: "3",
    why: "How many are read at once: the pages are the same, from one on",
  },
  {
    path: "lib/read/pages.ts",
    code: "const chunk = Math.max(MIN_CHUNK, Math.ceil(2 * (limit + 1) / Math.max(1, keys.length)));",
    why: "How many are read at once: the pages are the same, and every change leaves at least one",
  },
  {
    path: "lib/read/pages.ts",
    code:
      "if (!source.isOver && source.waiting.length === 0) await fill(source, Math.min(chunk, limit + 1), read);",
    from: "1",
    to: "2",
    why: "How many are read at once: a page needs no more than one beyond itself",
  },
  ...[
    "await seriesInUnit(store, { quota, from: day, to: now + 1, step: DAY }, now, units),",
    "const query = { quota, from: hour - HOURS * HOUR, to: now + 1, step: HOUR };",
    "let buckets = await seriesAt(store, { quota, from: edge, to: now + 1, step: FIVE_MINUTES }, now);",
  ].map((code) => ({
    path: "lib/read/memory.ts",
    code,
    from: "1",
    to: "2",
    why: "Buckets are read up to the one in progress at `now`, whatever the range says about later times",
  })),
  {
    path: "lib/read/as_of.ts",
    code:
      "const last = await store.readings({ quota, to: began, limit: MAX_DISTANCES + 1, newestFirst: true });",
    from: "1",
    to: "2",
    why: "One reading more than needed: only the last distances are kept, and only recent use counts",
  },
  {
    path: "lib/read/as_of.ts",
    code: "return await store.readings({ quota, from: now - 2 * recentMs, to: began, newestFirst: true });",
    from: "2",
    to: "3",
    why: "Earlier readings than needed: only recent use counts",
  },
  ...["lib/read/usage.ts", "lib/read/gather.ts"].map((path) => ({
    path,
    code: "const MAX_AGE_MS = 6 * 3_600_000;",
    from: "3_600_000",
    to: "3600001",
    why: "A cached answer is used some milliseconds longer, and only an import by another process changes it",
  })),
  ...[0, 1].map((place) => ({
    path: "lib/model/insights/words.ts",
    code: "const digits = size >= 20 ? 0 : size >= 1 ? 1 : 2;",
    from: ">=",
    place,
    to: ">",
    why: "The bounds themselves, 20 and 1, are whole numbers: they are the same with any number of decimals",
  })),
  ...[
    {
      code: "return groupDigits(trim(value, size >= 1000 ? 0 : size >= 100 ? 1 : 2));",
      from: ">=",
      places: [0, 1],
    },
    {
      code: "const shown = Number(percent.toFixed(percent < 10 || Math.abs(percent - 100) < 1 ? 1 : 0));",
      from: "<",
      places: [0, 1],
    },
    {
      code: "return `${groupDigits(trim(percent, Math.abs(percent) < 10 ? 1 : 0))}%`;",
      from: "<",
      places: [0],
    },
  ].flatMap(({ code, from, places }) =>
    places.map((place) => ({
      path: "lib/model/view/format.ts",
      code,
      from,
      to: from === "<" ? "<=" : ">",
      place,
      why: "At the bound itself the figure is whole, and shows no decimals either way",
    }))
  ),
  ...[
    {
      code: "const first = Math.floor((from - MIN_IDLE_MS) / HOUR_MS);",
      from: "Math.floor",
      to: "Math.ceil",
    },
    { code: "const last = Math.ceil((to + MIN_IDLE_MS) / HOUR_MS);", from: "Math.ceil", to: "Math.floor" },
  ].map((change) => ({
    path: "lib/model/horizon/idle.ts",
    ...change,
    why: "Of a break that reaches into the range at least two hours are seen either way, which is enough",
  })),
  {
    path: "lib/model/forecast/backtest_replay.ts",
    code: "const before = points.slice(Math.max(0, next - 1 - MAX_DISTANCES), next).map(({ at }) => at);",
    from: "1",
    to: "2",
    why: "One point more than needed: only the last distances are kept",
  },
  {
    path: "lib/model/view/readiness.ts",
    code: "const NO_SHARE = -1;",
    from: "1",
    to: "2",
    why: "Any number below 0 is below every share",
  },
];

/** Returns why a mutant makes no difference, or `null` if it should be noticed. */
export function whyEquivalent(
  { path, line, column, from, to }: Mutant,
  text: string,
  known: readonly Equivalent[] = EQUIVALENT,
): string | null {
  const whole = text.split("\n")[line - 1] ?? "";
  const before = whole.slice(0, column - 1).split(from).length - 1;
  return known.find((one) =>
    one.path === path && one.code === whole.trim() &&
    (one.from === undefined || one.from === from && one.to === to && (one.place ?? 0) === before)
  )?.why ?? null;
}
