import { join } from "node:path";
import fc from "fast-check";
import { counterProvider, type EventSources } from "../../lib/custom/counters.ts";
import { checkDeclaration, type EventSource } from "../../lib/custom/declaration.ts";
import { parseEvent } from "../../lib/custom/event.ts";
import { type EventStore, openEventStore } from "../../lib/custom/event_store.ts";
import { readEvents, RETENTION_MS } from "../../lib/custom/tail.ts";
import { assert, assertEquals } from "../support/assert.ts";
import { createFakeContext } from "../support/fake_context.ts";
import { checkReadings } from "../support/check_readings.ts";

const NOW = Date.parse("2026-11-21T12:00:00Z");
const DAY = 86_400_000;

function line(tokens: number, more: Readonly<Record<string, unknown>> = {}): string {
  const event = {
    ts: "2026-11-21T08:00:00Z",
    integration: "app",
    provider: "p",
    model: "m",
    prompt_tokens: tokens,
    completion_tokens: 0,
    ...more,
  };
  return `${JSON.stringify(event)}\n`;
}

class House implements AsyncDisposable {
  readonly warnings: string[] = [];

  private constructor(readonly folder: string, readonly store: EventStore) {}

  static async open(): Promise<House> {
    const folder = await Deno.makeTempDir();
    return new House(folder, await openEventStore(join(folder, "events.db")));
  }

  path = (name: string) => join(this.folder, name);
  write = (name: string, text: string | Uint8Array) =>
    typeof text === "string"
      ? Deno.writeTextFile(this.path(name), text)
      : Deno.writeFile(this.path(name), text);
  append = (name: string, text: string) => Deno.writeTextFile(this.path(name), text, { append: true });

  /** Reads once; returns the number of events and the sum of their tokens. */
  async look(now = NOW): Promise<readonly [requests: number, tokens: number]> {
    const log = {
      warn: (message: string, fields = {}) => void this.warnings.push(`${message} ${JSON.stringify(fields)}`),
    };
    await readEvents({ folder: this.folder, store: this.store, now, log });
    const { requests, total_tokens } = this.store.sums({}, 0, now + 2 * DAY);
    return [requests, total_tokens];
  }

  async [Symbol.asyncDispose]() {
    this.store.close();
    await Deno.remove(this.folder, { recursive: true });
  }
}

Deno.test("additions to a file are read once, and its last line when it is complete", async () => {
  await using house = await House.open();
  assertEquals(await house.look(), [0, 0]);
  await house.write("a.jsonl", line(1) + line(2).trimEnd());
  assertEquals(await house.look(), [1, 1]);
  assertEquals(await house.look(), [1, 1]);
  await house.append("a.jsonl", `\n${line(4).slice(0, 20)}`);
  assertEquals(await house.look(), [2, 3]);
  await house.append("a.jsonl", line(4).slice(20));
  assertEquals(await house.look(), [3, 7]);
  assertEquals(house.warnings, []);
});

Deno.test("identical calls count as often as their lines", async () => {
  await using house = await House.open();
  await house.write("a.jsonl", line(1) + line(1));
  assertEquals(await house.look(), [2, 2]);
  await house.append("a.jsonl", line(1));
  assertEquals(await house.look(), [3, 3]);
});

Deno.test("a renamed and recreated file counts each call once", async () => {
  await using house = await House.open();
  await house.write("a.jsonl", line(1) + line(1) + line(2));
  assertEquals(await house.look(), [3, 4]);
  await Deno.rename(house.path("a.jsonl"), house.path("a.1.jsonl"));
  await house.write("a.jsonl", line(8));
  assertEquals(await house.look(), [4, 12]);
  await house.append("a.jsonl", line(16));
  assertEquals(await house.look(), [5, 28]);
});

Deno.test("a truncated file is read from its beginning, even if it has grown again in the meantime", async () => {
  await using house = await House.open();
  await house.write("a.jsonl", line(1) + line(2));
  assertEquals(await house.look(), [2, 3]);
  await house.write("a.jsonl", line(4));
  assertEquals(await house.look(), [3, 7]);
  await house.write("a.jsonl", line(8) + line(16) + line(32) + line(64));
  assertEquals(await house.look(), [7, 127]);
  await house.write(
    "a.jsonl",
    line(128, { model: "other" }) + line(256) + line(512) + line(1024) + line(2048),
  );
  assertEquals(await house.look(), [12, 4095]);
});

Deno.test("a file copied back, or read again without memory of it, adds nothing", async () => {
  await using house = await House.open();
  const text = line(1) + line(1) + line(2);
  await house.write("a.jsonl", text);
  assertEquals(await house.look(), [3, 4]);
  await Deno.remove(house.path("a.jsonl"));
  assertEquals(await house.look(), [3, 4]);
  await house.write("b.jsonl", text);
  assertEquals(await house.look(), [3, 4]);
});

Deno.test("lines that are not events are skipped, and their number is reported", async () => {
  await using house = await House.open();
  const long = JSON.stringify({ padding: "x".repeat(200_000) });
  await house.write(
    "a.jsonl",
    `nonsense\n[]\n\n\r\n${long}\n${line(1).trimEnd()}\r\n${line(-1)}${line(2, { ts: "yesterday" })}`,
  );
  await house.write("b.txt", line(1024));
  await house.write("bytes.jsonl", new Uint8Array([0xff, 0xfe, 10]));
  await Deno.mkdir(house.path("folder.jsonl"));
  assertEquals(await house.look(), [1, 1]);
  assertEquals(house.warnings, [
    'Skipped lines that are not events {"file":"a.jsonl","lines":5}',
    'Skipped lines that are not events {"file":"bytes.jsonl","lines":1}',
  ]);
});

Deno.test("an endless line is skipped, and the lines after it are read", async () => {
  await using house = await House.open();
  await house.write("a.jsonl", line(1) + "x".repeat(3_000_000));
  assertEquals(await house.look(), [1, 1]);
  await house.append("a.jsonl", "y".repeat(100_000));
  assertEquals(await house.look(), [1, 1]);
  await house.append("a.jsonl", `\n${line(2)}`);
  assertEquals(await house.look(), [2, 3]);
  assertEquals(house.warnings, ['Skipped lines that are not events {"file":"a.jsonl","lines":1}']);
});

Deno.test("events are kept for sixty days, and older ones are not accepted", async () => {
  await using house = await House.open();
  const at = (before: number) => ({ ts: new Date(NOW - before).toISOString() });
  await house.write(
    "a.jsonl",
    line(1, at(RETENTION_MS + 1)) + line(2, at(RETENTION_MS)) + line(4, at(0)) + line(8, at(-2 * DAY)),
  );
  assertEquals(await house.look(), [2, 6]);
  assertEquals(await house.look(NOW + 1), [1, 4]);
  assertEquals(house.warnings, ['Skipped lines that are not events {"file":"a.jsonl","lines":1}']);
});

Deno.test("two processes that read one file count each call once", async () => {
  await using house = await House.open();
  await house.write("a.jsonl", line(1));
  await house.look();
  const before = house.store.stateOf("a.jsonl");
  const other = await openEventStore(house.path("events.db"));
  await house.append("a.jsonl", line(2));
  await readEvents({ folder: house.folder, store: other, now: NOW, log: { warn() {} } });
  other.close();
  assert(before);
  const event = parseEvent(line(2).trim(), NOW);
  assertEquals(
    house.store.append("a.jsonl", before, { ...before, offset: 999 }, [{ hash: "x", event }]),
    null,
  );
  assertEquals(await house.look(), [2, 3]);
});

Deno.test("rows and the position in the file are stored together or not at all", async () => {
  await using house = await House.open();
  const after = { generation: 1, identity: "", head: "", offset: 10, skipping: false };
  const event = parseEvent(line(1).trim(), NOW);
  assert(event);
  let thrown = false;
  try {
    house.store.append("a.jsonl", null, after, [{ hash: "x", event }, {
      hash: "y",
      event: { ...event, model: null as unknown as string },
    }]);
  } catch {
    thrown = true;
  }
  assert(thrown);
  assertEquals(house.store.stateOf("a.jsonl"), null);
  assertEquals(house.store.sums({}, 0, NOW).requests, 0);
  assertEquals(house.store.append("a.jsonl", null, after, [{ hash: "x", event }]), 1);
});

Deno.test("however a file grows, all of its calls are counted once", async () => {
  const growth = fc.record({
    tokens: fc.array(fc.nat(3), { minLength: 1, maxLength: 12 }),
    cuts: fc.array(fc.nat(2000), { maxLength: 6 }),
  });
  await fc.assert(
    fc.asyncProperty(growth, async ({ tokens, cuts }) => {
      await using house = await House.open();
      const text = tokens.map((count) => line(count)).join("");
      const ends = [...cuts.map((cut) => cut % text.length), text.length].sort((a, b) => a - b);
      let from = 0;
      await house.write("a.jsonl", "");
      for (const end of ends) {
        await house.append("a.jsonl", text.slice(from, end));
        from = end;
        const [requests] = await house.look();
        assertEquals(requests, text.slice(0, end).split("\n").length - 1);
      }
      assertEquals(await house.look(), [tokens.length, tokens.reduce((sum, count) => sum + count, 0)]);
    }),
    { numRuns: 15 },
  );
});

Deno.test("counters over days, weeks, months and lengths of time, of the matching events", async () => {
  await using house = await House.open();
  const at = (ts: string, more = {}) => line(10, { ts, completion_tokens: 5, cost_usd: 0.5, ...more });
  await house.write(
    "a.jsonl",
    at("2026-11-21T11:30:00Z") + at("2026-11-20T23:30:00Z") +
      at("2026-11-16T10:00:00Z", { total_tokens: 99 }) + at("2026-11-02T00:00:00Z", { cost_usd: null }) +
      at("2026-10-31T22:59:59Z") + at("2026-11-21T11:30:00Z", { model: "other" }),
  );
  const value = {
    id: "calls",
    label: "Calls",
    events: { model: "m" },
    quotas: [
      { key: "day", label: "Day", count: "requests", calendar: "day", limit: { literal: 4 } },
      { key: "week", label: "Week", count: "total_tokens", calendar: "week" },
      { key: "month", label: "Month", count: "cost_usd", calendar: "month" },
      { key: "five-hours", label: "Five hours", count: "prompt_tokens", windowSeconds: 18_000 },
      {
        key: "last-day",
        label: "Last day",
        count: "completion_tokens",
        windowSeconds: 86_400,
        rolling: true,
      },
    ],
  };
  const checked = checkDeclaration(value);
  assert("declaration" in checked, JSON.stringify(checked));
  const sources: EventSources = {
    zone: () => "Europe/Berlin",
    async read(now, log, use) {
      await readEvents({ folder: house.folder, store: house.store, now, log });
      return use(house.store);
    },
  };
  const provider = counterProvider(checked.declaration as EventSource, sources);
  const ctx = createFakeContext({ now: NOW });
  const [account] = await provider.accounts(ctx);
  assert(account);
  const { readings } = await provider.read(ctx, account);
  checkReadings(readings);
  assertEquals(
    readings.map(({ quota, unit, used, limit, resetsAt, window }) => [
      quota,
      unit,
      used,
      limit,
      resetsAt === null ? null : new Date(resetsAt).toISOString(),
      window.kind,
    ]),
    [
      ["day", "requests", 2, 4, "2026-11-21T23:00:00.000Z", "calendar"],
      ["week", "tokens", 129, null, "2026-11-22T23:00:00.000Z", "calendar"],
      ["month", "usd", 1.5, null, "2026-11-30T23:00:00.000Z", "calendar"],
      ["five-hours", "tokens", 10, null, "2026-11-21T13:00:00.000Z", "fixed"],
      ["last-day", "tokens", 10, null, null, "rolling"],
    ],
  );
});

Deno.test("rules for event sources", () => {
  const problems = (quota: Readonly<Record<string, unknown>>) => {
    const checked = checkDeclaration({
      id: "a",
      label: "A",
      events: {},
      quotas: [{ key: "a", label: "A", count: "requests", calendar: "day", ...quota }],
    });
    return "problems" in checked ? checked.problems.length : 0;
  };
  assertEquals(problems({}), 0);
  assertEquals(problems({ unit: "requests" }), 0);
  for (
    const wrong of [{ unit: "usd" }, { windowSeconds: 60 }, { calendar: undefined }, { rolling: true }, {
      count: "words",
    }, { limit: { path: "a" } }]
  ) {
    assert(problems(wrong) > 0, JSON.stringify(wrong));
  }
});

Deno.test("any line is a valid event or none", () => {
  const odd = fc.oneof(
    fc.constantFrom<unknown>(null, "", -1, 1e308, 1.5, "2026-11-21T12:00:00Z", "2026-02-31T99:00:00Z"),
    fc.jsonValue({ maxDepth: 1 }),
  );
  const names = [
    "ts",
    "integration",
    "provider",
    "model",
    "prompt_tokens",
    "completion_tokens",
    "total_tokens",
    "cost_usd",
    "account",
  ];
  const changed = fc.dictionary(fc.constantFrom(...names), odd, { maxKeys: 3 });
  fc.assert(
    fc.property(changed, (more) => {
      const event = parseEvent(line(1, more).trim(), NOW);
      if (!event) return;
      for (const value of [event.at, event.promptTokens, event.completionTokens, event.totalTokens]) {
        assert(Number.isSafeInteger(value) && value >= 0, JSON.stringify(more));
      }
      assert(event.costUsd === null || (Number.isFinite(event.costUsd) && event.costUsd >= 0));
      assert(event.at <= NOW + DAY);
    }),
    { numRuns: 500 },
  );
  fc.assert(fc.property(fc.string({ maxLength: 100 }), (text) => void parseEvent(text, NOW)));
});
