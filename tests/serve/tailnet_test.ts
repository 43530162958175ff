/** The server on a tailnet: waits for it, never runs without it, and follows its address. Loopback represents it here. */
import { ListenRefused } from "../../lib/app/server.ts";
import { type FoundTailnet, type Tailnet, waitForTailnet } from "../../lib/app/serve/tailnet.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { assert, assertEquals, assertMatch, assertRejects } from "../support/assert.ts";
import { isClosed } from "../support/ports.ts";
import { serveAt, statusFor } from "../support/running_server.ts";
import { until } from "../support/until.ts";

function tailnetOf(looks: readonly FoundTailnet[]): Tailnet & { now: number } {
  const tailnet = {
    now: 0,
    find: () => Promise.resolve(looks[Math.min(tailnet.now, looks.length - 1)]!),
  };
  return tailnet;
}

const at = (address: string, names: readonly string[] = []): FoundTailnet => ({
  addresses: [address],
  names,
});

Deno.test("a tailnet is listened on besides this machine, also by the machine's name in it", async () => {
  const tailnet = tailnetOf([at("127.0.0.2", ["laptop.tail1.ts.net", "laptop"])]);
  await using server = await serveAt({ listen: { tailscale: true }, tailnet });
  const { port } = server;
  assertEquals([server.tailnetAddress, server.warnings], ["127.0.0.2", []]);
  assertEquals(server.urls, [`http://127.0.0.1:${port}`, `http://127.0.0.2:${port}`]);
  for (const host of ["127.0.0.2", "laptop.tail1.ts.net", "laptop"]) {
    assertEquals(await statusFor({ hostname: "127.0.0.2", port }, `${host}:${port}`), 200, host);
  }
  assertEquals(await statusFor({ hostname: "127.0.0.2", port }, `other.tail1.ts.net:${port}`), 421);
  // The host set by `tailscale serve` has no port.
  assertEquals(await statusFor({ hostname: "127.0.0.1", port }, "laptop.tail1.ts.net"), 200);
});

Deno.test("without an address it does not start, and does not listen elsewhere instead", async () => {
  const tailnet = tailnetOf([{ missing: "tailscale reports the state Stopped" }]);
  const refused = await assertRejects(() =>
    serveAt({ listen: { tailscale: true, hosts: ["127.0.0.1"] }, tailnet })
  );
  assert(refused instanceof ListenRefused);
  assertMatch(refused.message, /no address of it was found \(tailscale reports the state Stopped\)/);
  assertMatch(refused.hint, /tailscale up.*--tailscale-ip.*--tailscale-wait/);
});

Deno.test("it waits as long as set, and reports it once", async () => {
  const clock = new FakeClock(0);
  const told: string[] = [];
  const options = {
    waitMs: 3000,
    clock,
    report: (line: string) => void told.push(line),
    signal: AbortSignal.any([]),
  };
  const comes = tailnetOf([{ missing: "not yet" }, at("100.87.201.23")]);
  const found = waitForTailnet(comes, options);
  await clock.advance(1000);
  comes.now = 1;
  await clock.advance(1000);
  assertEquals(await found, at("100.87.201.23"));
  assertEquals(told, ["Waiting up to 3 s for the tailnet: not yet"]);

  const never = assertRejects(() => waitForTailnet(tailnetOf([{ missing: "not yet" }]), options));
  await clock.advance(5000);
  const refused = await never;
  assert(refused instanceof ListenRefused);
  assertMatch(refused.message, /within 3 s/);
});

Deno.test("a changed address is followed, and one missing for a while is kept", async () => {
  const tailnet = tailnetOf([at("127.0.0.2"), { missing: "stopped" }, at("127.0.0.3", ["new.tail1.ts.net"])]);
  await using server = await serveAt({ listen: { tailscale: true }, tailnet });
  const { port, services } = server;
  const clock = services.clock as FakeClock;
  const old = { hostname: "127.0.0.2", port };
  assertEquals(await statusFor(old, `127.0.0.2:${port}`), 200);
  tailnet.now = 1;
  await clock.advance(60_000);
  assertEquals(await statusFor(old, `127.0.0.2:${port}`), 200);
  assertEquals(services.logged.filter((line) => /no address for this machine/.test(line)).length, 1);
  tailnet.now = 2;
  await clock.advance(15_000);
  assertEquals(await statusFor({ hostname: "127.0.0.3", port }, `new.tail1.ts.net:${port}`), 200);
  assertEquals(await statusFor({ hostname: "127.0.0.1", port }, `127.0.0.1:${port}`), 200);
  await until("the former address to be closed", () => isClosed(old));
  assert(services.logged.some((line) => /has changed.*127\.0\.0\.2.*127\.0\.0\.3/.test(line)));
});
