import { METRICS } from "../../lib/formats/metrics.ts";
import { startReceiver } from "../alerts/support.ts";
import { assert, assertEquals, assertMatch, assertStringIncludes } from "../support/assert.ts";
import { sharedDemoSite } from "../support/demo_site.ts";
import { listHosts } from "../../lib/web/hosts.ts";
import { requestInfo } from "../../lib/web/state.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { fakeServices } from "../support/fake_services.ts";
import { assertPromtool, promtoolTest } from "../support/promtool.ts";
import { FIVE_HOURS, MINUTE_MS, reading, utc } from "../support/readings.ts";
import { hasPrometheus, startPrometheus } from "../support/prometheus.ts";
import { until } from "../support/until.ts";
import { appHandler, askApp } from "../support/web_app.ts";

const AT = utc("2026-11-21 10:00");
const TYPE = "text/plain; version=0.0.4; charset=utf-8";
const demoSite = sharedDemoSite();

Deno.test("/metrics returns the figures of all accounts in Prometheus' text format", async () => {
  const clock = new FakeClock(AT);
  await using services = await fakeServices({ clock });
  await services.polled("acme/work", [reading({ used: 20 })]);
  await services.failed("zai/default", { kind: "auth" });
  const answer = await askApp(services)("/metrics");
  assertEquals([answer.status, answer.headers.get("content-type")], [200, TYPE]);
  assertEquals(answer.headers.get("cache-control"), "no-store");
  const text = await answer.text();
  assertStringIncludes(
    text,
    'syntrack_quota_utilization_ratio{provider="acme",account="work",quota="five-hour"} 0.2\n',
  );
  assertStringIncludes(
    text,
    'syntrack_account_polls_total{provider="zai",account="default",outcome="auth"} 1\n',
  );
  assertStringIncludes(text, 'syntrack_account_health{provider="zai",account="default",state="failing"} 1\n');
  assertStringIncludes(text, "syntrack_store_size_bytes 4096\n");
  assertStringIncludes(text, "process_resident_memory_bytes 50000000\n");
  assertStringIncludes(text, `process_start_time_seconds ${AT / 1000}\n`);
});

Deno.test("/metrics answers HEAD without a body, and no other method", async () => {
  const clock = new FakeClock(AT);
  await using services = await fakeServices({ clock });
  const ask = askApp(services);
  const head = await ask("/metrics", { method: "HEAD" });
  assertEquals([head.status, head.headers.get("content-type"), await head.text()], [200, TYPE, ""]);
  for (const method of ["POST", "PUT", "DELETE", "PATCH"]) {
    const answer = await ask("/metrics", { method });
    assertEquals([answer.status, answer.headers.get("allow")], [405, "GET, HEAD, OPTIONS"], method);
    await answer.body?.cancel();
  }
});

Deno.test("/metrics reports itself when the accounts cannot be read, without the reason", async () => {
  const clock = new FakeClock(AT);
  await using services = await fakeServices({ clock });
  const ask = askApp({ ...services, dashboard: () => Promise.reject(new Error("disk gone")) });
  const answer = await ask("/metrics");
  const text = await answer.text();
  assertEquals(answer.status, 200);
  assertStringIncludes(text, "syntrack_store_up 0\n");
  assertStringIncludes(text, "syntrack_build_info");
  assert(!text.includes("disk gone") && !text.includes("syntrack_quota"));
  assertMatch(services.logged.join("\n"), /disk gone/);
});

Deno.test("/metrics without any account is a valid answer", async () => {
  const clock = new FakeClock(AT);
  await using services = await fakeServices({ clock });
  const text = await (await askApp(services)("/metrics")).text();
  assertStringIncludes(text, "syntrack_store_up 1\n");
  assert(!text.includes("syntrack_account"));
});

/** Services with a webhook that answers with `answer`, and readings five minutes apart. */
async function withWebhook(
  answer: (count: number) => Response,
  work: (house: {
    readonly services: Awaited<ReturnType<typeof fakeServices>>;
    see(used: number): Promise<void>;
    deliver(): Promise<void>;
    metrics(): Promise<string>;
  }) => Promise<void>,
) {
  const folder = await Deno.makeTempDir();
  try {
    const clock = new FakeClock(AT);
    await using hook = startReceiver(answer);
    await using services = await fakeServices({ clock, keyFile: `${folder}/key` });
    const ask = askApp(services);
    await services.stored.add({ id: "team", type: "webhook", values: { url: hook.url } });
    await work({
      services,
      async see(used) {
        clock.jump(5 * MINUTE_MS);
        const resetsAt = AT + 300 * MINUTE_MS;
        await services.polled("acme/work", [
          reading({ used, limit: 100, window: FIVE_HOURS, resetsAt }),
        ]);
        await services.alerts.evaluate();
      },
      async deliver() {
        clock.jump(MINUTE_MS);
        await services.alerts.deliver(new AbortController().signal);
      },
      metrics: async () => await (await ask("/metrics")).text(),
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("/metrics counts sent, failed, held back and waiting messages, by type of channel", () =>
  withWebhook(
    (count) => new Response("", { status: count === 1 ? 503 : 200 }),
    async ({ services, see, deliver, metrics }) => {
      const of = (text: string, name: string, labels = 'channel_type="webhook"') =>
        new RegExp(`^${name}\\{${labels}\\} (.+)$`, "m").exec(text)?.[1];
      assertEquals(of(await metrics(), METRICS.messagesSent.name), "0", "a channel counts from 0 on");
      await see(40);
      await see(85);
      await deliver();
      let text = await metrics();
      assertMatch(text, /^syntrack_alerts_raised_total 1$/m);
      assertEquals([
        of(text, METRICS.messagesSent.name),
        of(text, METRICS.messagesFailed.name),
        of(text, METRICS.messagesWaiting.name),
      ], ["0", "1", "1"]);
      await deliver();
      await services.alerts.snooze({ target: "acme/work", until: AT + 10 * 60 * MINUTE_MS });
      await see(97);
      assertMatch(
        await metrics(),
        /^syntrack_alerts_turned_off_total 1$/m,
        "new accounts are off by default",
      );
      await services.alerts.setRules({ off: ["used-up"] });
      await see(100);
      text = await metrics();
      assertEquals([
        of(text, METRICS.messagesSent.name),
        of(text, METRICS.messagesWaiting.name),
        of(text, METRICS.messagesSuppressed.name, 'channel_type="webhook",reason="snoozed"'),
        of(text, METRICS.messagesSuppressed.name, 'channel_type="webhook",reason="quiet-hours"'),
      ], ["1", "0", "1", "0"]);
      assertMatch(text, /^syntrack_alerts_turned_off_total 2$/m);
      assert(!text.includes("team"), "the name of a channel is no label");
    },
  ));

promtoolTest(
  "/metrics with channels of alerts pass promtool",
  () =>
    withWebhook(() => new Response("no", { status: 401 }), async ({ see, deliver, metrics }) => {
      await see(40);
      await see(99);
      await deliver();
      const text = await metrics();
      // A rejected sign-in concerns the channel: the message waits for a valid one.
      for (const [what, count] of [["failed_total", 1], ["waiting", 1], ["given_up_total", 0]]) {
        assertStringIncludes(text, `syntrack_alert_messages_${what}{channel_type="webhook"} ${count}\n`);
      }
      await assertPromtool(["check", "metrics"], text);
    }),
);

promtoolTest("the demo's /metrics pass promtool, and count polls and consumption", async () => {
  const site = await demoSite();
  const metrics = async () => await (await fetch(`${site.origin}/metrics`)).text();
  const sum = (text: string, name: string, label = "") =>
    [...text.matchAll(new RegExp(`^${name}\\{[^}]*${label}[^}]*\\} (.+)$`, "gm"))]
      .reduce((total, [, value]) => total + Number(value), 0);
  const polls = METRICS.accountPolls.name;

  const before = await metrics();
  await assertPromtool(["check", "metrics"], before);
  assertEquals(sum(before, polls), 0);
  for (let minute = 0; minute < 10; minute++) await site.poll(MINUTE_MS);
  const after = await metrics();
  await assertPromtool(["check", "metrics"], after);
  const accounts = sum(after, METRICS.accountHealth.name);
  assert(accounts > 0);
  assertEquals(sum(after, polls, 'outcome="ok"'), 10 * accounts);
  assert(sum(after, METRICS.quotaConsumed.name) > 0, "Expected the person of the demo to work at this hour");
  assertMatch(after, /^syntrack_store_size_bytes \d{5,}$/m);
  assertMatch(after, /^process_resident_memory_bytes \d{7,}$/m);
  assertMatch(after, /^syntrack_build_info\{version="\d+\.\d+\.\d+",deno_version="\d+\.\d+\.\d+"\} 1$/m);
  for (const { name, samples: _, ...metric } of Object.values(METRICS)) {
    // Neither of the demo's vendors gives its own verdict, and it sends no messages.
    if (name === METRICS.quotaBlocked.name || metric.labels.some((label) => label === "channel_type")) {
      continue;
    }
    assertStringIncludes(after, `# TYPE ${name} ${metric.type}\n`);
  }
});

const scraped = "a real Prometheus scrapes /metrics and answers with what the server said";
Deno.test({
  name: hasPrometheus()
    ? scraped
    : `${scraped} (ignored: no prometheus found, see Debian's package prometheus)`,
  ignore: !hasPrometheus(),
  async fn() {
    await using services = await fakeServices({ clock: new FakeClock(Date.now()) });
    await services.polled("acme/work", [reading({ used: 20 })]);
    const handler = appHandler();
    await using server: Deno.HttpServer<Deno.NetAddr> = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen() {} },
      async (request, info) => {
        const { port } = server.addr;
        const known = { ...services, hosts: listHosts(port, ["127.0.0.1"]) };
        return await handler(request, requestInfo(known, info));
      },
    );
    await using prometheus = await startPrometheus(`127.0.0.1:${server.addr.port}`);
    const one = async (query: string) => (await prometheus.query(query)).map(({ value }) => value);
    await until("an accepted scrape", async () => (await one("up")).join() === "1");
    assertEquals(await one('syntrack_quota_utilization_ratio{account="work"}'), ["0.2"]);
    assertEquals(await one("count(syntrack_build_info)"), ["1"]);
    assertEquals((await one("scrape_samples_scraped > 10")).length, 1);
  },
});
