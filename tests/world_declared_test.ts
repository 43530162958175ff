import fc from "fast-check";
import { addressKind } from "../lib/world/address.ts";
import { assertEquals, assertRejects } from "./support/assert.ts";
import { kindOf } from "./support/sound.ts";
import { environmentOf, worldOf } from "./support/world.ts";

Deno.test("addresses are told apart, in every spelling of theirs", () => {
  const kinds = (addresses: readonly string[]) => [...new Set(addresses.map(addressKind))];
  assertEquals(
    kinds(["8.8.8.8", "172.15.0.1", "172.32.0.1", "100.128.0.1", "2606:4700::1111", "::ffff:8.8.8.8"]),
    ["public"],
  );
  assertEquals(
    kinds([
      "10.0.0.1",
      "172.16.0.1",
      "172.31.255.255",
      "192.168.1.1",
      "100.64.0.1",
      "fd12:3456::1",
      "::ffff:10.0.0.1",
    ]),
    ["private"],
  );
  assertEquals(
    kinds(["127.0.0.1", "127.9.9.9", "::1", "0:0:0:0:0:0:0:1", "::ffff:127.0.0.1", "::ffff:7f00:1"]),
    ["loopback"],
  );
  const never = [
    "169.254.169.254",
    "169.254.0.1",
    "::ffff:169.254.169.254",
    "::ffff:a9fe:a9fe",
    "64:ff9b::169.254.169.254",
    "2002:a9fe:a9fe::1",
    "fd00:ec2::254",
    "fd00:0ec2:0:0::0254",
    "100.100.100.200",
    "168.63.129.16",
    "0.0.0.0",
    "::",
    "fe80::1",
    "fe80::1%eth0",
    "224.0.0.1",
    "255.255.255.255",
    "ff02::1",
    "",
    "localhost",
    "1.2.3",
    "1.2.3.999",
    ":::",
    "1::2::3",
    "12345::",
  ];
  assertEquals(kinds(never), ["forbidden"]);
});

Deno.test("an address of the older kind lies where it lies when it is written as one of the newer", () => {
  fc.assert(fc.property(fc.ipV4(), (address) => {
    const [a = 0, b = 0, c = 0, d = 0] = address.split(".").map(Number);
    const hex = `::ffff:${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`;
    assertEquals([addressKind(`::ffff:${address}`), addressKind(hex)], [
      addressKind(address),
      addressKind(address),
    ]);
  }));
  fc.assert(fc.property(fc.ipV6(), (address) => void addressKind(address)));
});

function declared(origin: string) {
  return {
    id: "custom-team",
    name: "Team",
    hosts: [new URL(origin).hostname],
    declared: { origin, approval: "SYNTRACK_CUSTOM_TEAM_ALLOW_PRIVATE" },
    settings: [{ name: "SYNTRACK_CUSTOM_TEAM_ALLOW_PRIVATE", secret: false, help: "x" }],
  };
}

/** Where a request to a declared source went, or how it failed. */
async function goes(
  url: string,
  addresses: readonly string[],
  env: Readonly<Record<string, string>> = {},
  origin = new URL(url).origin,
): Promise<string> {
  let went = "nowhere";
  const world = worldOf(declared(origin), environmentOf(env), {
    resolve: () => Promise.resolve(addresses),
    fetch: (target) => {
      went = target.href;
      return Promise.resolve(new Response("{}"));
    },
  });
  try {
    await world.fetch(url);
  } catch (error) {
    assertEquals(went, "nowhere");
    return kindOf(error);
  }
  return went;
}

const APPROVED = { SYNTRACK_CUSTOM_TEAM_ALLOW_PRIVATE: "1" };

Deno.test("a declared source is asked at its own origin, wherever else its URL leads", async () => {
  assertEquals(await goes("https://quota.example/a?b=1", ["93.184.216.34"]), "https://quota.example/a?b=1");
  assertEquals(await goes("https://quota.example:8443/a", ["93.184.216.34"]), "https://quota.example:8443/a");
  for (
    const url of [
      "https://elsewhere.example/a",
      "http://quota.example/a",
      "https://quota.example:1/a",
      "https://x@quota.example/a",
    ]
  ) {
    assertEquals(await goes(url, ["93.184.216.34"], APPROVED, "https://quota.example"), "bad_response", url);
  }
});

Deno.test("one's own network needs approval, and where credentials of machines lie nobody gets", async () => {
  for (const address of ["10.1.2.3", "192.168.1.9", "127.0.0.1", "::1", "fd12::1"]) {
    assertEquals(await goes("https://proxy.example/a", [address]), "unavailable", address);
    assertEquals(
      await goes("https://proxy.example/a", [address], APPROVED),
      "https://proxy.example/a",
      address,
    );
  }
  for (const address of ["169.254.169.254", "fd00:ec2::254", "::ffff:169.254.169.254", "0.0.0.0"]) {
    assertEquals(
      await goes("https://proxy.example/a", ["10.1.2.3", address], APPROVED),
      "unavailable",
      address,
    );
    assertEquals(await goes("http://proxy.example/a", [address], APPROVED), "unavailable", address);
  }
  assertEquals(await goes("http://169.254.169.254/latest/", [], APPROVED), "unavailable");
  assertEquals(await goes("http://2852039166/latest/", [], APPROVED), "unavailable");
  assertEquals(await goes("http://[fd00:ec2::254]/", [], APPROVED), "unavailable");
  assertEquals(await goes("https://proxy.example/a", []), "unavailable");
});

Deno.test("plain http stays in one's own network, at the address that was looked at", async () => {
  assertEquals(
    await goes("http://proxy.lan:8080/a?b=1", ["192.168.1.9"], APPROVED),
    "http://192.168.1.9:8080/a?b=1",
  );
  assertEquals(await goes("http://proxy.lan/a", ["fd12::9"], APPROVED), "http://[fd12::9]/a");
  assertEquals(await goes("http://127.0.0.1:9000/a", [], APPROVED), "http://127.0.0.1:9000/a");
  assertEquals(
    await goes("http://localhost:9000/a", ["127.0.0.1", "::1"], APPROVED),
    "http://localhost:9000/a",
  );
  assertEquals(await goes("http://proxy.lan/a", ["192.168.1.9"]), "unavailable");
  assertEquals(await goes("http://proxy.lan/a", ["93.184.216.34"], APPROVED), "unavailable");
  assertEquals(await goes("http://proxy.lan/a", ["192.168.1.9", "93.184.216.34"], APPROVED), "unavailable");
});

Deno.test("a name that is not found is a failure of the network", async () => {
  const world = worldOf(declared("https://quota.example"), environmentOf({}), {
    resolve: () => Promise.reject(new Error("getaddrinfo ENOTFOUND")),
    fetch: () => Promise.reject(new Error("Reached")),
  });
  assertEquals(
    kindOf(await assertRejects(() => world.fetch("https://quota.example/"), /was not found/)),
    "unavailable",
  );
});
