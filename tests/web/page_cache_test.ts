import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { createCompressor } from "../../lib/web/compress.ts";
import { assert, assertEquals, assertMatch } from "../support/assert.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { type FakeServices, fakeServices } from "../support/fake_services.ts";
import { reading, utc } from "../support/readings.ts";
import { askApp } from "../support/web_app.ts";

const AT = utc("2026-11-21 10:00");

/** An app with one account, and a count of how often a page computed its frame. */
async function app(clock: FakeClock) {
  const services = await fakeServices({ clock });
  await services.polled("acme/work", [reading({ used: 40 })]);
  const ask = askApp(services);
  const made = async (path: string, cookie = "") => {
    const before = services.asked.dashboard;
    const response = await ask(path, cookie === "" ? {} : { headers: { cookie } });
    const text = await response.text();
    return { isMade: services.asked.dashboard > before, text, response };
  };
  return { services, ask, made };
}

function disposing(services: FakeServices) {
  return services[Symbol.asyncDispose]();
}

Deno.test("pages of the past and the present are rendered once per event and second", async () => {
  for (const path of ["/", "/cycles", "/cycle-overview", "/sessions", "/history", "/stats", "/analytics"]) {
    const clock = new FakeClock(AT);
    const { services, made } = await app(clock);
    const asked: boolean[] = [];
    const ask = async () => void asked.push((await made(path)).isMade);
    await ask();
    clock.jump(999);
    await ask();
    clock.jump(1);
    await ask();
    await services.polled("acme/work", [reading({ used: 41 })]);
    await ask();
    await ask();
    assertEquals(asked, [true, false, true, true, false], path);
    await disposing(services);
  }
});

Deno.test("a cached page has a new nonce in its scripts and in its policy", async () => {
  const { services, made } = await app(new FakeClock(AT));
  const nonces = new Set<string>();
  for (let i = 0; i < 3; i++) {
    const { text, response } = await made("/");
    const own = new Set(Array.from(text.matchAll(/nonce="([^"]+)"/g), ([, nonce]) => nonce!));
    assertEquals(own.size, 1);
    const [nonce] = own;
    assertMatch(nonce!, /^[0-9a-f]{32}$/);
    assert(response.headers.get("content-security-policy")!.includes(`'nonce-${nonce}'`));
    assertMatch(response.headers.get("cache-control")!, /no-store/);
    nonces.add(nonce!);
  }
  assertEquals(nonces.size, 3);
  await disposing(services);
});

Deno.test("a cached page is sent in gzip with its own nonce, and in other encodings", async () => {
  const { services, ask } = await app(new FakeClock(AT));
  const compress = createCompressor();
  const readers = { gzip: gunzipSync, br: brotliDecompressSync, identity: (bytes: Uint8Array) => bytes };
  const texts = new Set<string>();
  for (const [accepted, coding] of [["gzip, br", "gzip"], ["gzip", "gzip"], ["br", "br"], ["", "identity"]]) {
    const request = new Request("http://127.0.0.1/", { headers: { "accept-encoding": accepted! } });
    const answer = await compress(request, await ask("/"));
    assertEquals(answer.headers.get("content-encoding") ?? "identity", coding);
    const text = new TextDecoder().decode(readers[coding as keyof typeof readers](await answer.bytes()));
    const [, nonce] = /'nonce-([^']+)'/.exec(answer.headers.get("content-security-policy")!)!;
    assert(text.includes(`nonce="${nonce}"`), accepted!);
    assert(!texts.has(text));
    texts.add(text);
    assertEquals(new Set([...texts].map((one) => one.replaceAll(/nonce="[^"]+"/g, ""))).size, 1);
  }
  await disposing(services);
});

Deno.test("a page is cached by its URL and the browser's cookies", async () => {
  const { services, made } = await app(new FakeClock(AT));
  const isMade = async (path: string, cookie?: string) => (await made(path, cookie)).isMade;
  assertEquals([await isMade("/cycles"), await isMade("/cycles")], [true, false]);
  assertEquals([await isMade("/cycles?range=30d"), await isMade("/cycles?range=30d")], [true, false]);
  assertEquals([await isMade("/", "density=compact"), await isMade("/", "density=compact")], [true, false]);
  assertEquals([await isMade("/"), await isMade("/", "density=compact")], [true, false]);
  await disposing(services);
});

Deno.test("a page that sets a cookie, one for a single account and a failed one are rendered each time", async () => {
  const { services, made } = await app(new FakeClock(AT));
  for (const path of ["/?view=compact", "/settings", "/accounts/acme/work", "/nothing"]) {
    const first = await made(path);
    const second = await made(path);
    assertEquals([first.isMade, second.isMade], [path !== "/nothing", path !== "/nothing"], path);
  }
  assertMatch((await made("/?view=compact")).response.headers.get("set-cookie")!, /density=compact/);
  const known = async () => (await made("/?view=compact", "density=compact")).isMade;
  assertEquals([await known(), await known()], [true, false], "nothing new to remember, so nothing to set");
  await disposing(services);
});

Deno.test("concurrent requests wait for one page", async () => {
  const { services, ask } = await app(new FakeClock(AT));
  const before = services.asked.dashboard;
  await (await ask("/stats")).text();
  const alone = services.asked.dashboard - before;
  const answers = await Promise.all(Array.from({ length: 20 }, () => ask("/cycles")));
  const texts = await Promise.all(answers.map((answer) => answer.text()));
  assertEquals(new Set(texts.map((text) => text.replaceAll(/nonce="[^"]+"/g, ""))).size, 1);
  assertEquals(services.asked.dashboard - before - alone, alone);
  await disposing(services);
});
