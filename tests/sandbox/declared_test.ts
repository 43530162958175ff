import fc from "fast-check";
import { addressKind } from "../../lib/net/address_kind.ts";
import { assertEquals, assertRejects } from "../support/assert.ts";
import { kindOf } from "../support/check_readings.ts";
import { createTestEnvironment, createTestSandbox } from "../support/test_sandbox.ts";

Deno.test("addresses are distinguished, in every spelling", () => {
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
    "64:ff9b:1:1::a9fe:a9fe",
    "::ffff:0:a9fe:a9fe",
    "::a9fe:a9fe",
    "2002:a9fe:a9fe::1",
    "fd00:42::42",
    "fd00:ec2::23",
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

/** IANA's registries of special-purpose addresses: both ends of each range, and our classification. */
const SPECIAL: readonly (readonly [range: string, first: string, last: string, kind: string])[] = [
  ["this network", "0.0.0.0", "0.255.255.255", "forbidden"],
  ["private", "10.0.0.0", "10.255.255.255", "private"],
  ["shared", "100.64.0.0", "100.127.255.255", "private"],
  ["loopback", "127.0.0.0", "127.255.255.255", "loopback"],
  ["link-local", "169.254.0.0", "169.254.255.255", "forbidden"],
  ["private", "172.16.0.0", "172.31.255.255", "private"],
  ["protocol assignments", "192.0.0.0", "192.0.0.255", "forbidden"],
  ["documentation", "192.0.2.0", "192.0.2.255", "forbidden"],
  ["documentation", "198.51.100.0", "198.51.100.255", "forbidden"],
  ["documentation", "203.0.113.0", "203.0.113.255", "forbidden"],
  ["6to4 relays", "192.88.99.0", "192.88.99.255", "forbidden"],
  ["private", "192.168.0.0", "192.168.255.255", "private"],
  ["benchmarks", "198.18.0.0", "198.19.255.255", "private"],
  ["multicast", "224.0.0.0", "239.255.255.255", "forbidden"],
  ["reserved and broadcast", "240.0.0.0", "255.255.255.255", "forbidden"],
  ["AS112", "192.31.196.0", "192.31.196.255", "public"],
  ["AMT", "192.52.193.0", "192.52.193.255", "public"],
  ["direct delegation", "192.175.48.0", "192.175.48.255", "public"],
  ["unspecified", "::", "::", "forbidden"],
  ["loopback", "::1", "::1", "loopback"],
  ["NAT64, local use", "64:ff9b:1::", "64:ff9b:1:ffff:ffff:ffff:ffff:ffff", "forbidden"],
  ["discard only", "100::", "100::ffff:ffff:ffff:ffff", "forbidden"],
  ["dummy", "100:0:0:1::", "100:0:0:1:ffff:ffff:ffff:ffff", "forbidden"],
  ["Teredo", "2001::", "2001:0:ffff:ffff:ffff:ffff:ffff:ffff", "forbidden"],
  ["benchmarks", "2001:2::", "2001:2:0:ffff:ffff:ffff:ffff:ffff", "forbidden"],
  ["ORCHID", "2001:10::", "2001:2f:ffff:ffff:ffff:ffff:ffff:ffff", "forbidden"],
  ["protocol assignments", "2001:100::", "2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff", "forbidden"],
  ["documentation", "2001:db8::", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff", "forbidden"],
  ["documentation", "3fff::", "3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff", "forbidden"],
  ["segment routing", "5f00::", "5f00:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "forbidden"],
  ["unique local", "fc00::", "fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "private"],
  ["link-local", "fe80::", "febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "forbidden"],
  ["site-local", "fec0::", "feff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "forbidden"],
  ["multicast", "ff00::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "forbidden"],
  ["the world", "2001:200::", "2001:db7:ffff:ffff:ffff:ffff:ffff:ffff", "public"],
  ["the world", "2003::", "3ffe:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "public"],
  ["nobody's", "4000::", "5eff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "forbidden"],
];

Deno.test("every special range of addresses is known from end to end", () => {
  for (const [range, first, last, kind] of SPECIAL) {
    assertEquals([addressKind(first), addressKind(last)], [kind, kind], `${range}: ${first} to ${last}`);
  }
});

Deno.test("a metadata address is refused in every form in which IPv6 can embed it", () => {
  fc.assert(
    fc.property(
      fc.constantFrom("169.254.169.254", "100.100.100.200", "168.63.129.16", "127.0.0.1"),
      (four) => {
        const [a = 0, b = 0, c = 0, d = 0] = four.split(".").map(Number);
        const hex = `${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`;
        const kinds = [
          `::ffff:${hex}`,
          `::ffff:0:${hex}`,
          `::ffff:0:${four}`,
          `::${hex}`,
          `64:ff9b::${hex}`,
          `64:ff9b:1:1::${hex}`,
          `64:ff9b:1:ffff:1:2:${hex}`,
          `2002:${hex}::1`,
          `2001::${hex}`,
          `2606:4700::5efe:${hex}`,
          `2606:4700::200:5efe:${hex}`,
          `fe80::5efe:${hex}`,
        ].map(addressKind);
        assertEquals(kinds.filter((kind) => kind === "public"), [], four);
      },
    ),
  );
});

Deno.test("an IPv4 address is classified the same when written as IPv6", () => {
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

/** The destination of a request to a declared source, or its failure. */
async function goes(
  url: string,
  addresses: readonly string[],
  env: Readonly<Record<string, string>> = {},
  origin = new URL(url).origin,
): Promise<string> {
  let went = "nowhere";
  const ctx = createTestSandbox(declared(origin), createTestEnvironment(env), {
    resolve: () => Promise.resolve(addresses),
    fetch: (target) => {
      went = target.href;
      return Promise.resolve(new Response("{}"));
    },
  });
  try {
    await ctx.fetch(url);
  } catch (error) {
    assertEquals(went, "nowhere");
    return kindOf(error);
  }
  return went;
}

const APPROVED = { SYNTRACK_CUSTOM_TEAM_ALLOW_PRIVATE: "1" };

Deno.test("a declared source is requested at its own origin, wherever else its URL leads", async () => {
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

Deno.test("the local network needs approval, and metadata addresses are never allowed", async () => {
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

Deno.test("plain http stays in the local network, at the checked address", async () => {
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

Deno.test("an unknown host name is a network failure", async () => {
  const ctx = createTestSandbox(declared("https://quota.example"), createTestEnvironment({}), {
    resolve: () => Promise.reject(new Error("getaddrinfo ENOTFOUND")),
    fetch: () => Promise.reject(new Error("Reached")),
  });
  assertEquals(
    kindOf(await assertRejects(() => ctx.fetch("https://quota.example/"), /was not found/)),
    "unavailable",
  );
});
