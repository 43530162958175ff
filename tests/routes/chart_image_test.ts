import { assert, assertEquals, assertMatch, assertStringIncludes } from "../support/assert.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { fakeServices } from "../support/fake_services.ts";
import { MINUTE_MS, reading, utc } from "../support/readings.ts";
import { askApp } from "../support/web_app.ts";
import { createUsedServices } from "../support/used_services.ts";

const AT = utc("2026-11-19 10:00");
const KINDS = ["history", "consumption", "calendar", "breakdown", "horizon"];

/** Rejects what an XML parser would: mismatched tags, bare ampersands, `]]>` in text, characters not in XML. */
function assertWellFormed(xml: string, where: string): void {
  const open: string[] = [];
  for (
    const [, slash, name, attributes, closed] of xml.matchAll(
      /<(\/?)([a-zA-Z]+)((?:\s+[\w:-]+="[^"<]*")*)\s*(\/?)>/g,
    )
  ) {
    if (slash) assertEquals(open.pop(), name, where);
    else if (!closed) open.push(name!);
    assert(!/&(?!(amp|lt|gt|quot|#\d+|#x[\da-f]+);)/i.test(attributes!), `${where}: ${attributes}`);
  }
  assertEquals(open, [], where);
  const text = xml.replaceAll(/<\/?[a-zA-Z]+(?:\s+[\w:-]+="[^"<]*")*\s*\/?>/g, "");
  assert(
    !/<|\]\]>/.test(text) && !/&(?!(amp|lt|gt|quot|#\d+);)/.test(text),
    `${where}: ${text.slice(0, 200)}`,
  );
  // deno-lint-ignore no-control-regex
  assert(!/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/.test(xml), where);
}

Deno.test("every chart is a standalone image, light and dark", async () => {
  await using services = await createUsedServices(new FakeClock(AT), 30);
  const ask = askApp(services);
  for (const kind of KINDS) {
    for (const [theme, surface] of [["light", "#ffffff"], ["dark", "#171a1d"]]) {
      const answer = await ask(`/api/v1/chart.svg?chart=${kind}&theme=${theme}`);
      assertEquals([answer.status, answer.headers.get("content-type")], [
        200,
        "image/svg+xml; charset=utf-8",
      ]);
      const svg = await answer.text();
      assertWellFormed(svg, kind);
      assertMatch(
        svg,
        /^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" width="960" height="\d+" viewBox="0 0 960 \d+"/,
      );
      assertStringIncludes(svg, `fill="${surface}"`);
      assertMatch(svg, /<title>[^<]{5,}<\/title>/);
      assertStringIncludes(svg, ", UTC");
      // Nothing that a policy or stylesheet would have to allow or provide.
      assert(!/<style|<script|<foreignObject|\sstyle=|href=|var\(--|currentColor/.test(svg), kind);
    }
  }
});

Deno.test("the image of the history has its lines, their legend, thresholds and axis", async () => {
  await using services = await createUsedServices(new FakeClock(AT), 30);
  const ask = askApp(services);
  const svg = await (await ask("/api/v1/chart.svg?range=24h&provider=synthetic")).text();
  assertEquals([...svg.matchAll(/data-quota="([^"]+)"/g)].map(([, key]) => key), [
    "synthetic/default/subscription",
    "synthetic/default/search",
    "synthetic/default/tool-calls",
  ]);
  for (const text of ["Synthetic Subscription", "100%", 'data-threshold="warning"', "percent used"]) {
    assertStringIncludes(svg, text);
  }
  // Each line is named at its end as well, if there is room.
  assertEquals([...svg.matchAll(/>Subscription</g)].length, 1);
  const narrow = await (await ask("/api/v1/chart.svg?range=24h&provider=synthetic&width=480")).text();
  assert(!narrow.includes(">Subscription<"));
  const left = await (await ask("/api/v1/chart.svg?range=24h&display=left&title=Mine%20%3Cb%3E%26")).text();
  assertStringIncludes(left, "Mine &lt;b>&amp;");
  const spoken = /aria-label="([^"]*)"/.exec(left)![1]!;
  assertMatch(spoken, /^Mine &lt;b>&amp;/);
});

Deno.test("the image has the previous period on request, and says how far back it is", async () => {
  await using services = await createUsedServices(new FakeClock(AT), 60);
  const ask = askApp(services);
  const svg = await (await ask("/api/v1/chart.svg?range=24h&provider=synthetic&earlier=1")).text();
  assertWellFormed(svg, "earlier");
  // The third has no figures, neither now nor before.
  assertEquals([...svg.matchAll(/data-earlier="([^"]+)"/g)].length, 2);
  assertStringIncludes(svg, "pale: a day before");
  assert(
    !(await (await ask("/api/v1/chart.svg?range=24h&provider=synthetic")).text()).includes("data-earlier"),
  );
});

Deno.test("hostile names stay text, and the image stays well formed", async () => {
  const clock = new FakeClock(AT);
  await using services = await fakeServices({ clock });
  for (
    const label of [`<script>alert(1)</script>"'&`, "a[b[0]]>1", "\ufffe\u0000\u202eabc", "n".repeat(300)]
  ) {
    await services.polled("acme/work", [reading({ label, used: 10 })]);
    clock.jump(MINUTE_MS);
    await services.polled("acme/work", [reading({ label, used: 20 })]);
    for (const kind of KINDS) {
      const svg = await (await askApp(services)(`/api/v1/chart.svg?range=1h&chart=${kind}&group=quota`))
        .text();
      assertWellFormed(svg, `${kind} ${label.slice(0, 20)}`);
      assert(!svg.includes("<script"));
    }
    clock.jump(MINUTE_MS);
  }
});

Deno.test("an image is not rendered again for a client that has it, until something changes", async () => {
  const clock = new FakeClock(AT);
  await using services = await fakeServices({ clock });
  await services.polled("acme/work", [reading({ used: 10 })]);
  const ask = askApp(services);
  const tag = (await ask("/api/v1/chart.svg")).headers.get("etag")!;
  const again = () => ask("/api/v1/chart.svg", { headers: { "if-none-match": tag } });
  assertEquals((await again()).status, 304);
  await services.settings.save({ display: "left" });
  const changed = await again();
  assertEquals(changed.status, 200);
  assertStringIncludes(await changed.text(), "percent left");
});

Deno.test("an impossible image is refused as a problem that names the reason", async () => {
  await using services = await createUsedServices(new FakeClock(AT), 2);
  const ask = askApp(services);
  for (
    const [query, detail] of [
      ["chart=pie", /Unknown chart "pie"/],
      ["theme=sepia", /Unknown theme/],
      ["width=10", /Cannot read width "10"/],
      ["height=99999", /Cannot read height/],
      ["range=2y", /no range "2y"/],
      ["from=never", /Cannot read "never" as a start/],
      ["quota=acme/work/none", /Unknown quota/],
      ["provider=nobody", /Unknown provider/],
      ["display=both", /Unknown display/],
      ["earlier=yes", /Unknown earlier/],
      ["chart=consumption&days=0", /Cannot read days/],
      ["chart=consumption&group=planet", /no group/],
    ] as const
  ) {
    const answer = await ask(`/api/v1/chart.svg?${query}`);
    assertEquals(
      [answer.status, answer.headers.get("content-type")],
      [400, "application/problem+json"],
      query,
    );
    assertMatch((await answer.json()).detail, detail, query);
  }
});

Deno.test("without readings an image is empty, not a failure", async () => {
  await using services = await fakeServices({ clock: new FakeClock(AT) });
  for (const kind of KINDS) {
    const answer = await askApp(services)(`/api/v1/chart.svg?chart=${kind}`);
    assertEquals(answer.status, 200);
    assertWellFormed(await answer.text(), kind);
  }
});

Deno.test("the image of the Horizon describes each lane, for 24 hours or 7 days, at any width", async () => {
  await using services = await createUsedServices(new FakeClock(AT), 30);
  const ask = askApp(services);
  const quotas = (await services.dashboard()).accounts.flatMap((account) => account.quotas);
  for (const [query, length] of [["", "21 Nov"], ["&range=7d", "27 Nov"], ["&width=335", "21 Nov"]]) {
    const svg = await (await ask(`/api/v1/chart.svg?chart=horizon${query}`)).text();
    assertWellFormed(svg, query!);
    const [, description = ""] = /<desc>([^<]+)<\/desc>/.exec(svg) ?? [];
    for (const { label } of quotas) assertStringIncludes(description, label);
    assertMatch(svg, new RegExp(`Fri 20 Nov 16:00 to [A-Z][a-z]+ ${length} 16:00, UTC`));
  }
  const one = await (await ask("/api/v1/chart.svg?chart=horizon&provider=synthetic&height=200")).text();
  assertMatch(one, /height="200"/);
  assertMatch(one, /more quotas? (is|are) not drawn: this one is the most urgent/);
  const wrong = await ask("/api/v1/chart.svg?chart=horizon&range=30d");
  assertEquals(wrong.status, 400);
  assertMatch(await wrong.text(), /range \\?"30d/);
});
