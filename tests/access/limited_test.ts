/** A person or key limited to some accounts sees no other account anywhere. */
import { ROUTES } from "../../lib/access/routes.ts";
import { ImageParam } from "../../lib/web/params.ts";
import { assert, assertEquals, assertStringIncludes } from "../support/assert.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { fakeServices, providerStatus } from "../support/fake_services.ts";
import { reading, utc } from "../support/readings.ts";
import { askAs, createKey, signInAs } from "../support/visitors.ts";

const AT = utc("2026-11-19 10:00");
/** Part of every name that must not be seen. */
const PLANTED = "elsewhere";
const FIGURE = 7_654_321;

async function world(clock: FakeClock) {
  const account = (name: string) => ({
    name,
    source: `~/.acme/${name}.json`,
    expiresAt: null,
    fingerprint: null,
    remedy: null,
  });
  const services = await fakeServices({
    clock,
    providers: [
      providerStatus({ id: "zai", name: "Z.ai", accounts: [account("mine")] }),
      providerStatus({ id: "acme", name: "Acme", accounts: [account(PLANTED)], problem: `no ${PLANTED}` }),
    ],
  });
  for (let step = 0; step < 40; step++) {
    for (
      const [key, quota, used] of [["zai/mine", "tokens", 10], [
        `acme/${PLANTED}`,
        `${PLANTED}-quota`,
        FIGURE,
      ]] as const
    ) {
      const readings = [reading({ quota, used: used + step, limit: used * 4, label: quota })];
      await services.polled(key, readings);
    }
    clock.jump(3_600_000);
  }
  await services.failed(`acme/${PLANTED}`, { kind: "auth", hint: `${PLANTED} planted hint` });
  await services.settings.save(() => ({
    accounts: { [`acme/${PLANTED}`]: { label: `${PLANTED} label`, polling: true } },
    accountOrder: [`acme/${PLANTED}`, "zai/mine"],
    // The other account of the second begins with the name of one that is seen.
    hiddenInsights: [`usage_rate:acme/${PLANTED}/${PLANTED}-quota`, `trend:zai/mine ${PLANTED}/tokens`],
  }));
  return services;
}

/** Every path that answers to GET, with parameters that show more. */
function addresses(): readonly string[] {
  const paths = ROUTES.filter(({ methods }) => "GET" in methods).map(({ path }) => path);
  const queries = [
    "",
    "?range=7d",
    "?days=30",
    "?format=csv",
    "?format=json",
    "?withHidden=1",
    "?tab=accounts",
    "?tab=insights",
    "?tab=data",
    "?tab=about",
    "?limit=200",
    "?type=all",
  ];
  return paths.flatMap((path) => {
    if (path === "/accounts/:provider/:name") {
      return [
        "/accounts/zai/mine",
        `/accounts/acme/${PLANTED}`,
        `/accounts/acme/${PLANTED}?quota=${PLANTED}-quota`,
      ];
    }
    const named = [
      `?account=acme/${PLANTED}`,
      "?provider=acme",
      `?provider=acme&account=${PLANTED}`,
      `?quota=acme/${PLANTED}/${PLANTED}-quota`,
      `?serviceId=acme/${PLANTED}`,
    ];
    const charts = path.endsWith("chart.svg") ? ImageParam.options.map((chart) => `?chart=${chart}`) : [];
    return [...queries, ...charts, ...named].map((query) => path + query);
  });
}

Deno.test("a viewer of one account finds no other in any page, route, table, metric, chart or export", async () => {
  const clock = new FakeClock(AT);
  await using services = await world(clock);
  const all = askAs(services, await signInAs(services, "admin"));
  const ask = askAs(services, await signInAs(services, "viewer", ["zai/mine"]));
  let shown = 0;
  let planted = 0;
  for (const address of addresses()) {
    for (const [asking, isLimited] of [[ask, true], [all, false]] as const) {
      const answer = await asking(address, { headers: { accept: "*/*" } });
      if (answer.headers.get("content-type")?.startsWith("text/event-stream")) {
        await answer.body?.cancel();
        continue;
      }
      const text = await answer.text();
      // A requested name may be repeated in the answer, but nothing else about it.
      const words = address.includes(PLANTED) ? [`${PLANTED} label`, "planted hint"] : [PLANTED];
      const has = words.some((word) => text.includes(word)) || /7,?654,?3\d\d/.test(text);
      if (!isLimited) planted += Number(has);
      else {
        assert(
          !has || answer.status === 400 || answer.status === 404,
          `${address} (${answer.status}) shows another account`,
        );
        shown += Number(text.includes("mine"));
      }
    }
  }
  // The test would notice: others do, and the viewer sees their own.
  assert(planted > 30, `${planted} answers for everybody`);
  assert(shown > 30, `${shown} answers for the viewer`);
});

Deno.test("a viewer's live stream contains only their accounts, and ends with the sign-in", async () => {
  const clock = new FakeClock(AT);
  await using services = await world(clock);
  const who = await signInAs(services, "viewer", ["zai/mine"], "eve");
  const answer = await askAs(services, who)("/api/live");
  const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  const more = async () => {
    const { done, value = "" } = await reader.read();
    text += value;
    return done;
  };
  while (!text.includes("event: view")) await more();
  const other = services.polled(`acme/${PLANTED}`, [
    reading({ quota: `${PLANTED}-quota`, used: 1, limit: 9 }),
  ]);
  await other;
  await services.polled("zai/mine", [reading({ quota: "tokens", used: 30, limit: 40 })]);
  while (!text.includes("event: account")) await more();
  assert(!text.includes(PLANTED), "the stream tells of another account");
  assertStringIncludes(text, "zai/mine");
  await services.access.people.reset("eve", "another one here");
  while (!await more());
  assertEquals(services.access.setUp.open, false);
});

Deno.test("a stream of a key ends when the key is revoked", async () => {
  await using services = await world(new FakeClock(AT));
  const answer = await askAs(services, await createKey(services, ["read"]))("/api/live");
  const [key] = await services.access.keys.list();
  const ended = (async () => {
    for await (const _ of answer.body!);
    return "ended";
  })();
  await services.access.keys.revoke(key!.id);
  assertEquals(await ended, "ended");
});

Deno.test("a remote user sees no path of the server, and adds no account by one", async () => {
  await using services = await world(new FakeClock(AT));
  const ask = askAs(services, await signInAs(services, "admin"));
  for (const { path, methods } of ROUTES) {
    if (!("GET" in methods) || path.includes(":") || path === "/api/live") continue;
    for (const query of path === "/settings" ? ["?tab=accounts", "?tab=data", "?tab=about"] : [""]) {
      const text = await (await ask(path + query)).text();
      assert(!text.includes("~/.acme"), `${path}${query} names a file`);
    }
  }
});
