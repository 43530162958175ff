import { fileURLToPath } from "node:url";
import { deployFiles } from "../dev/deploy.ts";
import { ALERTS } from "../dev/deploy/alerts.ts";
import { type Metric, METRICS } from "../lib/formats/metrics.ts";
import { assert, assertEquals } from "./support/assert.ts";
import { assertPromtool, promtool, promtoolTest } from "./support/promtool.ts";
import { readProjectFile } from "./support/sources.ts";

const LABELS = new Map<string, readonly string[]>(
  Object.values(METRICS).map(({ name, labels }: Metric) => [name, labels]),
);
/** What Prometheus itself adds. */
const OWN_LABELS = ["job", "instance"];
const OWN_METRICS = ["up"];
/** Words of PromQL, functions and operators, that queries of ours use. */
const WORDS = new Set(
  ("absent by ignoring increase max min or rate sort sort_desc sum time unless without").split(" "),
);

interface Dashboard {
  readonly panels: readonly {
    readonly id: number;
    readonly title: string;
    readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
    readonly targets: readonly { readonly expr: string; readonly legendFormat?: string }[];
  }[];
  readonly templating: {
    readonly list: readonly { readonly type: string; readonly query: string | { readonly query: string } }[];
  };
}

const dashboard: Dashboard = JSON.parse(await readProjectFile("deploy/grafana/dashboard.json"));

/** Every query of the dashboard as Prometheus gets it, the choices at its top left open. */
const queries = dashboard.panels.flatMap(({ targets }) => targets.map(({ expr }) => expr))
  .map((expr) => expr.replaceAll("$__rate_interval", "5m").replace(/\$\w+/g, ".*"));
const examples = /```promql\n(.*?)```/s.exec(await readProjectFile("docs/monitoring.md"))?.[1]
  ?.split("\n").filter((line) => line !== "" && !line.startsWith("#")) ?? [];

/** What a query names that is not there. */
function strangers(expr: string): readonly string[] {
  const found: string[] = [];
  let rest = expr.replace(/"[^"]*"/g, '""');
  for (const [, name = "", matchers = ""] of rest.matchAll(/\b([a-z_]+)\{([^}]*)\}/g)) {
    const known = [...LABELS.get(name) ?? [], ...OWN_LABELS];
    for (const [, label = ""] of matchers.matchAll(/(\w+)\s*[=!]/g)) {
      if (!known.includes(label)) found.push(`${name}{${label}}`);
    }
  }
  const all = [...LABELS.values()].flat().concat(OWN_LABELS);
  for (const [, labels = ""] of rest.matchAll(/\b(?:by|without|ignoring)\s*\(([^)]*)\)/g)) {
    found.push(...labels.split(",").map((label) => label.trim()).filter((label) => !all.includes(label)));
  }
  rest = rest.replace(/\{[^}]*\}/g, " ").replace(/\b(by|without|ignoring)\s*\([^)]*\)/g, " ").replace(
    /\[[^\]]*\]/g,
    " ",
  );
  for (const [name] of rest.matchAll(/[a-z_]+/gi)) {
    if (!LABELS.has(name) && !OWN_METRICS.includes(name) && !WORDS.has(name)) found.push(name);
  }
  return found;
}

Deno.test("what monitoring is given is what dev/deploy.ts makes of the metrics", async () => {
  for (const [path, text] of Object.entries(await deployFiles())) {
    assertEquals(await readProjectFile(path), text, `${path} is old: run deno run -A dev/deploy.ts`);
  }
});

Deno.test("queries of dashboard, alerts and docs name only metrics and labels there are", () => {
  assert(queries.length >= 16 && examples.length >= 5);
  for (const expr of [...queries, ...examples, ...ALERTS.map(({ expr }) => expr)]) {
    assertEquals(strangers(expr), [], expr);
  }
  for (const { type, query } of dashboard.templating.list) {
    if (type !== "query") continue;
    assert(typeof query === "object");
    const [, series = "", label = ""] = /^label_values\((.*), (\w+)\)$/.exec(query.query) ?? [];
    assertEquals(strangers(series.replace(/\$\w+/g, ".*")), []);
    assert([...LABELS.get(series.replace(/\{.*/, "")) ?? [], ...OWN_LABELS].includes(label), query.query);
  }
});

Deno.test("legends and messages name only labels that their series have", () => {
  const known = new Set([...LABELS.values()].flat().concat(OWN_LABELS));
  for (const { targets } of dashboard.panels) {
    for (const { legendFormat = "" } of targets) {
      for (const [, label = ""] of legendFormat.matchAll(/\{\{(\w+)\}\}/g)) assert(known.has(label), label);
    }
  }
  for (const { summary } of ALERTS) {
    for (const [, label = ""] of summary.matchAll(/\$labels\.(\w+)/g)) assert(known.has(label), label);
  }
});

Deno.test("this test sees a metric and a label that are not there", () => {
  assertEquals(strangers('sum by (acount) (rate(syntrack_poll_total{outcom!="ok"}[5m]))'), [
    "syntrack_poll_total{outcom}",
    "acount",
    "syntrack_poll_total",
  ]);
  assertEquals(strangers('syntrack_quota_used{state="x"}'), ["syntrack_quota_used{state}"]);
});

Deno.test("panels of the dashboard have their own places", () => {
  const taken = new Set<string>();
  for (const { title, gridPos: { x, y, w, h } } of dashboard.panels) {
    assert(x + w <= 24, title);
    for (let column = x; column < x + w; column++) {
      for (let row = y; row < y + h; row++) {
        assert(!taken.has(`${column} ${row}`), title);
        taken.add(`${column} ${row}`);
      }
    }
  }
  const ids = dashboard.panels.map(({ id }) => id);
  assertEquals(new Set(ids).size, ids.length);
});

promtoolTest("promtool accepts the alerts, the sample settings, and every query there is", async () => {
  await assertPromtool(["check", "rules", pathOf("deploy/prometheus/alerts.yml")]);
  await assertPromtool(["check", "config", pathOf("deploy/prometheus/prometheus.yml")]);
  const rules = [...queries, ...examples].map((expr, index) => ({ record: `query:${index}`, expr }));
  await withFile(JSON.stringify({ groups: [{ name: "queries", rules }] }), async (path) => {
    await assertPromtool(["check", "rules", path]);
  });
});

/** `a+bxn`: begins at a and rises by b each minute, n times. */
interface Series {
  readonly series: string;
  readonly values: string;
}

/** Which alerts fire after so many minutes, for what, on these series. */
function firing(minutes: number, series: readonly Series[], expected: Readonly<Record<string, string>>) {
  return {
    interval: "1m",
    input_series: [{ series: 'up{job="syntrack"}', values: "1x90" }, ...series],
    alert_rule_test: ALERTS.map(({ name, severity, description }) => {
      const summary = expected[name];
      const labels = summary === undefined ? {} : labelsIn(summary);
      return {
        eval_time: `${minutes}m`,
        alertname: name,
        exp_alerts: summary === undefined ? [] : [{
          exp_labels: { severity, ...labels },
          exp_annotations: { summary: summary.replace(/ \[.*\]$/, ""), description },
        }],
      };
    }),
  };
}

/** `... [a=b c=d]` at the end of a summary says which labels the alert has. */
function labelsIn(summary: string): Readonly<Record<string, string>> {
  const pairs = /\[(.*)\]$/.exec(summary)?.[1]?.split(" ") ?? [];
  return Object.fromEntries(pairs.map((pair) => pair.split("=")));
}

const ACCOUNT = 'provider="acme",account="work"';
const QUOTA = `${ACCOUNT},quota="weekly"`;
const OF = "[provider=acme account=work quota=weekly]";

function quotaSeries(used: string, fields: { readonly burn?: string; readonly reset?: string } = {}) {
  return [
    { series: `syntrack_quota_utilization_ratio{${QUOTA}}`, values: used },
    { series: `syntrack_quota_remaining{${QUOTA},unit="requests"}`, values: "60x90" },
    {
      series: `syntrack_quota_burn_per_second{${QUOTA},unit="requests"}`,
      values: fields.burn ?? "0x90",
    },
    { series: `syntrack_quota_reset_timestamp_seconds{${QUOTA}}`, values: fields.reset ?? "36000x90" },
  ];
}

function health(...states: readonly (readonly [state: string, values: string])[]): readonly Series[] {
  return states.map(([state, values]) => ({
    series: `syntrack_account_health{${ACCOUNT},state="${state}"}`,
    values,
  }));
}

const BEHAVIOUR = [
  firing(20, quotaSeries("0.5x90"), {}),
  firing(20, quotaSeries("0.8x90"), { SyntrackQuotaHigh: `acme/work/weekly is used to 80% ${OF}` }),
  firing(20, quotaSeries("0.95x90"), { SyntrackQuotaNearlyUsedUp: `acme/work/weekly is used to 95% ${OF}` }),
  // The reset was at 10 minutes: what was read before says nothing any more.
  firing(20, quotaSeries("0.95x90", { reset: "600x90" }), {}),
  // 60 left at 0.01 a second last for 100 minutes; the reset is at 10 hours, or in good time.
  firing(20, quotaSeries("0.5x90", { burn: "0.01x90" }), {
    SyntrackQuotaRunsDry: `acme/work/weekly will run out in 1h 40m 0s ${OF}`,
  }),
  firing(20, quotaSeries("0.5x90", { burn: "0.01x90", reset: "3600x90" }), {}),
  firing(5, quotaSeries("0.5x90", { burn: "0.01x90" }), {}),
  firing(29, health(["failing", "1x90"], ["stale", "0x90"]), {}),
  firing(31, health(["failing", "1x90"], ["stale", "0x90"]), {
    SyntrackAccountFailing: "Polls of acme/work fail [provider=acme account=work state=failing]",
  }),
  firing(40, health(["stale", "1x15 0x90"], ["waiting", "0x15 1x90"], ["fresh", "0x90"]), {
    SyntrackReadingsStale: "The figures of acme/work are out of date [provider=acme account=work]",
  }),
  firing(40, health(["stale", "1x15 0x90"], ["waiting", "0x90"], ["fresh", "0x15 1x90"]), {}),
  firing(10, [{ series: "syntrack_store_up", values: "0x90" }], {
    SyntrackStoreDown: "syntrack cannot store or read its data",
  }),
  {
    ...firing(10, [], { SyntrackDown: "syntrack cannot be reached [job=syntrack]" }),
    input_series: [{ series: 'up{job="syntrack"}', values: "1 0x90" }],
  },
  { ...firing(10, [], { SyntrackDown: "syntrack cannot be reached [job=syntrack]" }), input_series: [] },
];

promtoolTest("alerts fire when they should, on made-up series, and not otherwise", async () => {
  const rules = [pathOf("deploy/prometheus/alerts.yml")];
  const text = JSON.stringify({ rule_files: rules, evaluation_interval: "1m", tests: BEHAVIOUR });
  await withFile(text, async (path) => {
    const { code, output } = await promtool(["test", "rules", path]);
    assertEquals(code, 0, output);
  });
});

function pathOf(file: string): string {
  return fileURLToPath(new URL(`../${file}`, import.meta.url));
}

/** JSON is YAML as well. */
async function withFile(text: string, use: (path: string) => Promise<void>): Promise<void> {
  const path = await Deno.makeTempFile({ suffix: ".yml" });
  try {
    await Deno.writeTextFile(path, text);
    await use(path);
  } finally {
    await Deno.remove(path);
  }
}
