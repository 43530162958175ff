import fc from "fast-check";
import { formatExposition } from "../../lib/formats/exposition.ts";
import { type Metric, type MetricFacts, METRICS, metricsText } from "../../lib/formats/metrics.ts";
import { NO_ALERT_COUNTS } from "../../lib/model/alerts/counts.ts";
import { advance, emptyState } from "../../lib/model/engine/advance.ts";
import type { Outcome } from "../../lib/model/outcome.ts";
import type { AccountKey, Reading } from "../../lib/model/quota.ts";
import { addToTally, EMPTY_TALLY } from "../../lib/model/engine/tally.ts";
import { accountView, DEFAULT_VIEW } from "../../lib/model/view/view.ts";
import { assert, assertEquals, assertMatch, assertStringIncludes } from "../support/assert.ts";
import { assertPromtool, promtoolTest } from "../support/promtool.ts";
import { BALANCE, HOUR_MS, MINUTE_MS, reading, utc } from "../support/readings.ts";

const AT = utc("2026-11-21 10:00");
const ALL: readonly Metric[] = Object.values(METRICS);

interface Told {
  readonly account?: AccountKey;
  readonly readings?: readonly (readonly Reading[])[];
  readonly configured?: boolean;
  readonly outcome?: Partial<Outcome>;
}

/** Facts after polls a minute apart, the last of them at `AT`. */
function factsOf(...accounts: readonly Told[]): MetricFacts {
  let tally = EMPTY_TALLY;
  const views = accounts.map(({ account = "acme/work", readings = [], configured = true, outcome: last }) => {
    let state = emptyState(account);
    let outcome: Outcome | null = null;
    for (const [index, list] of readings.entries()) {
      const at = AT - (readings.length - 1 - index) * MINUTE_MS;
      outcome = outcomeAt(account, at, {});
      const step = advance(state, { account, at, readings: list });
      state = step.state;
      tally = addToTally(tally, outcome, step.changes);
    }
    const okAt = outcome?.at ?? null;
    if (last) {
      outcome = outcomeAt(account, AT, last);
      tally = addToTally(tally, outcome, []);
    }
    return accountView({
      account,
      state,
      outcome,
      okAt,
      configured,
      providerName: "Acme",
    }, AT);
  });
  return {
    version: "1.2.3",
    startedAt: AT - HOUR_MS,
    view: {
      at: AT,
      eventId: 1,
      accounts: views,
      settings: { ...DEFAULT_VIEW, zone: "UTC" },
      trouble: null,
    },
    tally,
    alerts: NO_ALERT_COUNTS,
    processStats: { runtime: "2.9.6", memoryBytes: 52_000_000, cpuSeconds: 1.25, storeBytes: 8192 },
  };
}

function outcomeAt(account: AccountKey, at: number, fields: Partial<Outcome>): Outcome {
  return {
    account,
    at,
    durationMs: 5,
    kind: "ok",
    failures: 0,
    nextAt: at + MINUTE_MS,
    nextReason: "interval",
    credential: null,
    ...fields,
  };
}

/** The written samples of a metric, without its name. */
function written(facts: MetricFacts, { name }: Metric): readonly string[] {
  return metricsText(facts).split("\n")
    .filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `))
    .map((line) => line.slice(name.length).trim());
}

Deno.test("metrics state a quota in base units, with its reading and reset time", () => {
  const resetsAt = AT + HOUR_MS;
  const facts = factsOf({
    readings: [10, 25].map((used) => [reading({ used, limit: 200, remaining: 200 - used, resetsAt })]),
  });
  const quota = 'provider="acme",account="work",quota="five-hour"';
  const amount = `{${quota},unit="requests"}`;
  assertEquals(written(facts, METRICS.quotaUtilization), [`{${quota}} 0.125`]);
  assertEquals(written(facts, METRICS.quotaUsed), [`${amount} 25`]);
  assertEquals(written(facts, METRICS.quotaLimit), [`${amount} 200`]);
  assertEquals(written(facts, METRICS.quotaRemaining), [`${amount} 175`]);
  assertEquals(written(facts, METRICS.quotaConsumed), [`${amount} 15`]);
  assertEquals(written(facts, METRICS.quotaReset), [`{${quota}} ${resetsAt / 1000}`]);
  assertEquals(written(facts, METRICS.quotaReading), [`{${quota}} ${AT / 1000}`]);
});

Deno.test("metrics state percentages as ratios", () => {
  const facts = factsOf({
    readings: [[reading({ unit: "percent", used: 30 })], [reading({ unit: "percent", used: 37 })]],
  });
  const amount = '{provider="acme",account="work",quota="five-hour",unit="ratio"}';
  assertEquals(written(facts, METRICS.quotaUsed), [`${amount} 0.37`]);
  assertEquals(written(facts, METRICS.quotaLimit), [`${amount} 1`]);
  assertEquals(written(facts, METRICS.quotaRemaining), [`${amount} 0.63`]);
  assertEquals(written(facts, METRICS.quotaConsumed), [`${amount} 0.07`]);
  assert(!metricsText(facts).includes("percent"));
});

Deno.test("metrics state no noise of binary fractions", () => {
  // Fifty steps of a tenth, as a vendor states amounts of money.
  const readings = Array.from({ length: 51 }, (_, step) => [
    reading({ unit: "usd", used: 20 + step / 10, limit: 30.3, remaining: 10.3 - step / 10 }),
  ]);
  const facts = factsOf({ readings });
  const quota = 'provider="acme",account="work",quota="five-hour"';
  assertEquals(written(facts, METRICS.quotaConsumed), [`{${quota},unit="usd"} 5`]);
  assertEquals(written(facts, METRICS.quotaRemaining), [`{${quota},unit="usd"} 5.3`]);
});

Deno.test("metrics state the burn rate per second once the readings span long enough", () => {
  const used = (count: number) =>
    Array.from({ length: count }, (_, minute) => [reading({ used: minute * 3 })]);
  assertEquals(written(factsOf({ readings: used(4) }), METRICS.quotaBurn), []);
  const [sample = ""] = written(factsOf({ readings: used(11) }), METRICS.quotaBurn);
  assertEquals(Number(sample.split(" ")[1]), 3 / 60);
});

Deno.test("unknown values are absent, never 0 and never NaN", () => {
  const facts = factsOf({
    readings: [[reading({ used: null, limit: null, remaining: null, window: BALANCE })]],
  });
  const text = metricsText({ ...facts, processStats: { ...facts.processStats, storeBytes: null } });
  for (
    const { name } of [
      METRICS.quotaUtilization,
      METRICS.quotaUsed,
      METRICS.quotaLimit,
      METRICS.quotaRemaining,
      METRICS.quotaBurn,
      METRICS.quotaConsumed,
      METRICS.quotaReset,
      METRICS.storeSize,
    ]
  ) assert(!text.includes(name), name);
  assertStringIncludes(text, METRICS.quotaReading.name);
  assert(!/NaN|Inf|null|undefined/.test(text));
});

Deno.test("money in another currency than dollars is counted in its code, and dollars and credits as before", () => {
  const unitOf = (fields: Pick<Reading, "unit" | "currency">) => {
    const left = reading({ ...fields, used: null, limit: null, remaining: 12.5, window: BALANCE });
    return written(factsOf({ readings: [[left]] }), METRICS.quotaRemaining).join("\n").match(/unit="(.+?)"/)
      ?.[1];
  };
  assertEquals(unitOf({ unit: "credits", currency: "CNY" }), "CNY");
  assertEquals(unitOf({ unit: "credits", currency: "EUR" }), "EUR");
  assertEquals(unitOf({ unit: "credits" }), "credits");
  assertEquals(unitOf({ unit: "usd", currency: "USD" }), "usd");
  assertEquals(unitOf({ unit: "usd" }), "usd");
});

Deno.test("a balance with only a known remainder has consumption and no share", () => {
  const left = (remaining: number) => [
    reading({ unit: "usd", used: null, limit: null, remaining, window: BALANCE }),
  ];
  const facts = factsOf({ readings: [left(20), left(17.5)] });
  assertEquals(written(facts, METRICS.quotaUtilization), []);
  assertMatch(written(facts, METRICS.quotaRemaining).join("\n"), /unit="usd"} 17\.5$/);
  assertMatch(written(facts, METRICS.quotaConsumed).join("\n"), /unit="usd"} 2\.5$/);
});

Deno.test("utilization of an overdrawn quota is 1, and its remainder 0", () => {
  const facts = factsOf({ readings: [[reading({ used: 130, limit: 100 })]] });
  assertMatch(written(facts, METRICS.quotaUtilization).join("\n"), /} 1$/);
  assertMatch(written(facts, METRICS.quotaRemaining).join("\n"), /} 0$/);
});

Deno.test("figures of a disabled account, or of a gone quota, are absent", () => {
  const two = [reading(), reading({ quota: "weekly" })];
  const gone = factsOf({ readings: [two, [reading({ quota: "weekly" })]] });
  assertEquals(written(gone, METRICS.quotaUsed).length, 1);
  assertMatch(written(gone, METRICS.quotaUsed).join("\n"), /weekly/);

  const off = factsOf({ readings: [two], configured: false });
  assertEquals(written(off, METRICS.quotaUsed), []);
  assertStringIncludes(metricsText(off), 'state="off"} 1');
});

Deno.test("every health state has a sample, and exactly one of them is 1", () => {
  const facts = factsOf(
    { readings: [[reading()]] },
    { account: "acme/home", readings: [[reading()]], outcome: { kind: "auth", failures: 3 } },
    { account: "acme/next" },
  );
  const health = written(facts, METRICS.accountHealth);
  assertEquals(health.length, 21);
  const states = health.filter((line) => line.endsWith(" 1")).map((line) => /state="(\w+)"/.exec(line)?.[1]);
  assertEquals(states, ["fresh", "failing", "new"]);
  // An account that was never polled has no times.
  assertEquals(written(facts, METRICS.accountTried).length, 2);
  assertEquals(written(facts, METRICS.accountOk).length, 2);
});

Deno.test("polls are counted by outcome, starting at 0", () => {
  const facts = factsOf({ readings: [[reading()], [reading()]], outcome: { kind: "rate_limited" } });
  const account = 'provider="acme",account="work"';
  assertEquals(written(facts, METRICS.accountPolls), [
    `{${account},outcome="ok"} 2`,
    `{${account},outcome="missing"} 0`,
    `{${account},outcome="auth"} 0`,
    `{${account},outcome="rate_limited"} 1`,
    `{${account},outcome="unavailable"} 0`,
    `{${account},outcome="bad_response"} 0`,
  ]);
});

Deno.test("without a view the process still reports itself, and that its store is down", () => {
  const facts = factsOf({ readings: [[reading()]] });
  const text = metricsText({ ...facts, view: null });
  assertStringIncludes(text, `${METRICS.storeUp.name} 0\n`);
  assertStringIncludes(text, `${METRICS.buildInfo.name}{version="1.2.3",deno_version="2.9.6"} 1\n`);
  assertStringIncludes(text, `${METRICS.processStart.name} ${(AT - HOUR_MS) / 1000}\n`);
  assert(!text.includes("syntrack_quota"));

  const trouble = { message: "Disk full", hint: "Make room", since: AT };
  const view = { ...facts.view!, trouble };
  assertStringIncludes(metricsText({ ...facts, view }), `${METRICS.storeUp.name} 0\n`);
  assertStringIncludes(metricsText(facts), `${METRICS.storeUp.name} 1\n`);
});

Deno.test("metrics carry their declared labels, and no name twice", () => {
  const suppressed = { "quiet-hours": 0, snoozed: 1, "not-wanted": 0, expired: 0, paused: 0 };
  const channel = { type: "ntfy", sent: 3, failed: 2, givenUp: 1, waiting: 1, suppressed };
  const facts = {
    ...factsOf({
      readings: Array.from({ length: 11 }, (_, used) => [reading({ used, resetsAt: AT + HOUR_MS })]),
    }),
    alerts: { raised: 4, turnedOff: 0, channels: [channel] },
  };
  for (const metric of ALL) {
    const samples = metric.samples(facts);
    assert(samples.length > 0, metric.name);
    for (const { labels } of samples) assertEquals(Object.keys(labels), [...metric.labels]);
    assertMatch(metric.name, /^(syntrack|process)_[a-z_]+$/);
    assertEquals(metric.type === "counter", metric.name.endsWith("_total"), metric.name);
  }
  assertEquals(new Set(ALL.map(({ name }) => name)).size, ALL.length);
});

Deno.test("any text can be a label: no name can break a line or start a sample", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (name) => {
    const text = formatExposition([{
      name: "x",
      type: "gauge",
      help: "Some.",
      samples: [{ labels: { name }, value: 1 }],
    }]);
    const lines = text.split("\n");
    assertEquals(lines.length, 4);
    const quoted = /^x\{name="((?:[^"\\]|\\["\\n])*)"\} 1$/s.exec(lines[2] ?? "")?.[1];
    assert(quoted !== undefined, text);
    const back = quoted.replace(/\\(.)/g, (_, escaped: string) => escaped === "n" ? "\n" : escaped);
    assertEquals(back, name.toWellFormed());
  }));
});

Deno.test("a family with only unknown samples is omitted, with its header", () => {
  const family = { name: "x", type: "gauge", help: "Some\nhelp \\.", samples: [] } as const;
  assertEquals(formatExposition([family]), "");
  const values = [null, NaN, Infinity, -Infinity].map((value) => ({ labels: {}, value }));
  assertEquals(formatExposition([{ ...family, samples: values }]), "");
  assertEquals(
    formatExposition([{ ...family, samples: [...values, { labels: {}, value: 1e21 }] }]),
    "# HELP x Some\\nhelp \\\\.\n# TYPE x gauge\nx 1e+21\n",
  );
});

promtoolTest("promtool reports nothing about the metrics, whatever names there are", async () => {
  const accounts = ["work", 'a"b\\c', "line\nbreak", "\u0000\r\t\u202e", "{}=,#", "\u00e4\u{1f600}"];
  const facts = factsOf(...accounts.map((name): Told => ({
    account: `acme/${name}`,
    readings: Array.from({ length: 11 }, (_, used) => [
      reading({ used, resetsAt: AT + HOUR_MS }),
      reading({ quota: "weekly", unit: "percent", used: used / 3 }),
      reading({ quota: "balance", unit: "usd", used: null, limit: null, remaining: 20 - used }),
    ]),
    outcome: { kind: "unavailable" },
  })));
  await assertPromtool(["check", "metrics"], metricsText(facts));
});
