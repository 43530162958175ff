/** Changes of what is read from the store that make no difference, each with its reason. */
import type { Equivalent } from "./equivalent_line.ts";

export const EQUIVALENT_READS: readonly Equivalent[] = [
  {
    path: "lib/read/as_of.ts",
    code: "if (!oldest || oldest.at <= now - recentMs) return last;",
    from: "<=",
    to: "<",
    why: "Earlier readings than needed: what was used before the recent period does not count",
  },
  {
    path: "lib/read/as_of.ts",
    code: "const oldest = last.at(-1);",
    from: "1",
    to: "2",
    why: "Whether more is read: sixteen readings and the first of the cycle have all distances",
  },
  ...[
    "const [last, before] = await store.cycles({ quota, to: now + 1, limit: 2 });",
    "const [first] = await store.readings({ quota, from: last.startedAt, to: now + 1, limit: 1 });",
  ].map((code) => ({
    path: "lib/read/as_of.ts",
    code,
    why: "How much is replayed: from an earlier cycle on, the engine finds the same open one",
  })),
  {
    path: "lib/read/as_of.ts",
    code: "if (!last) return 0;",
    from: "0",
    to: "1",
    why: "No reading is from the first millisecond of 1970",
  },
  ...[["const last = { account, to: now + 1, limit: 1 };", 1], ["limit: MAX_DISTANCES + 1,", 0]].map((
    [code, place],
  ) => ({
    path: "lib/read/as_of.ts",
    code: String(code),
    from: "1",
    place: Number(place),
    to: "2",
    why: "One row more than needed, which is left out",
  })),
  {
    path: "lib/read/spend.ts",
    code: "return !isFuture(at, now) && now - at <= staleAfterMs(intervalMs ?? 0);",
    from: "0",
    to: "1",
    why: "No reading is stale after milliseconds: the least age is minutes",
  },
  {
    path: "lib/read/spend.ts",
    code: 'const days = listSlots("1d", months.at(-1)!.from, now + 1, zone);',
    from: "1",
    place: 2,
    to: "2",
    why: "A day that has not begun has no use",
  },
  ...[
    ["lib/read/usage.ts", "const MAX_ENTRIES = 4096;"],
    ["lib/read/usage.ts", "const MAX_LISTS = 8;"],
    ["lib/read/history_cache.ts", "const MAX_ENTRIES = 1024;"],
    ["lib/read/gather.ts", "const MAX_MEMORIES = 8192;"],
    ["lib/read/analysis.ts", "const MAX_ANSWERS = 32;"],
  ].map(([path, code]) => ({
    path: path!,
    code: code!,
    why: "A memory limit: an entry that is not cached is read again, with the same result",
  })),
  {
    path: "lib/read/usage.ts",
    code: "const [oldest] = await store.readings({ quota, to: now() + 1, limit: 1 });",
    from: "1",
    place: 1,
    to: "2",
    why: "One row more than needed, which is left out",
  },
  ...["let requests = 0;", "versionOf: (account) => hub ? versions.of(account) : ++requests,"].map((
    code,
  ) => ({
    path: "lib/read/gather.ts",
    code,
    why: "Any numbers serve, as long as each differs from the last",
  })),
  ...[
    ["lib/read/gather.ts", "version: () => 0,"],
    ["lib/read/analysis.ts", "usage: createUsageMemory(coming, () => context.now, () => 0).usage,"],
  ].map(([path, code]) => ({
    path: path!,
    code: code!,
    why: "Any constant serves: what is cached by this version does not outlive one answer",
  })),
  ...[
    [
      "distances_before",
      "const query = { quota, to: first + 1, limit: MAX_DISTANCES + 1, newestFirst: true };",
      1,
    ],
    [
      "history_cache",
      "const readings = step === null ? await store.readings({ quota, from, to: to + 1 }) : [];",
      0,
    ],
    ["history_cache", "return store.readings({ quota, from: at + 1, limit: 1 });", 1],
  ].map(([file, code, place]) => ({
    path: `lib/read/${file}.ts`,
    code: String(code),
    from: "1",
    place: Number(place),
    to: "2",
    why: "One reading more than needed, which is left out",
  })),
];
