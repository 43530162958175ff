/** The address and name in a tailnet, from the command and from interfaces. */
import { readTailscaleStatus, tailnetAddresses } from "../../lib/net/tailnet.ts";
import { createTailnet } from "../../lib/app/serve/tailnet.ts";
import { assertEquals, assertMatch } from "../support/assert.ts";

const STATUS = {
  Version: "1.80.2",
  BackendState: "Running",
  TailscaleIPs: ["100.87.201.23", "fd7a:115c:a1e0::6a01:c917"],
  Self: {
    ID: "n1",
    HostName: "Laptop",
    DNSName: "laptop.tail1a2b3.ts.net.",
    TailscaleIPs: ["fd7a:115c:a1e0::6a01:c917", "100.87.201.23"],
  },
  MagicDNSSuffix: "tail1a2b3.ts.net",
};

Deno.test("the command's status states state, addresses and the MagicDNS name", () => {
  assertEquals(readTailscaleStatus(JSON.stringify(STATUS)), {
    state: "Running",
    addresses: ["100.87.201.23", "fd7a:115c:a1e0::6a01:c917"],
    name: "laptop.tail1a2b3.ts.net",
  });
  assertEquals(readTailscaleStatus(JSON.stringify({ BackendState: "Stopped", Self: { DNSName: "" } })), {
    state: "Stopped",
    addresses: [],
    name: null,
  });
  assertEquals(
    readTailscaleStatus(
      JSON.stringify({ ...STATUS, Self: { DNSName: "a b\r\nHost: c.", TailscaleIPs: ["x", 5] } }),
    ),
    { state: "Running", addresses: [], name: null },
  );
  for (const text of ["", "null", "[]", "not json"]) assertEquals(readTailscaleStatus(text), null, text);
});

Deno.test("an interface with its name precedes others with an address in the same range", () => {
  const interfaces = [
    { name: "lo", address: "127.0.0.1" },
    { name: "wwan0", address: "100.70.1.1" },
    { name: "tailscale0", address: "fd7a:115c:a1e0::53" },
    { name: "tailscale0", address: "100.87.201.23" },
    { name: "tailscale0", address: "fe80::1" },
  ];
  assertEquals(tailnetAddresses(interfaces), ["100.87.201.23", "fd7a:115c:a1e0::53"]);
  assertEquals(tailnetAddresses(interfaces.slice(0, 2)), ["100.70.1.1"]);
  assertEquals(tailnetAddresses([{ name: "eth0", address: "192.168.1.2" }]), []);
});

const nothing = () => Promise.resolve(null);
const says = (status: object, code = 0) => () => Promise.resolve({ code, stdout: JSON.stringify(status) });

Deno.test("the command is tried first, and the interfaces if it says nothing or is stopped", async () => {
  const interfaces = () => [{ name: "tailscale0", address: "100.87.201.99" }];
  const names = ["laptop.tail1a2b3.ts.net", "laptop"];
  assertEquals(await createTailnet({ manual: null, run: says(STATUS), interfaces }).find(), {
    addresses: ["100.87.201.23", "fd7a:115c:a1e0::6a01:c917"],
    names,
  });
  for (
    const run of [nothing, says({ BackendState: "Stopped" }, 1), () => Promise.reject(new Error("slow"))]
  ) {
    assertEquals(await createTailnet({ manual: null, run, interfaces }).find(), {
      addresses: ["100.87.201.99"],
      names: [],
    });
  }
});

Deno.test("without a tailnet the examined sources are reported", async () => {
  const missing = async (run: Parameters<typeof createTailnet>[0]["run"], manual: string | null = null) => {
    const found = await createTailnet({ manual, run, interfaces: () => [] }).find();
    return "missing" in found ? found.missing : found.addresses.join();
  };
  assertMatch(await missing(nothing), /no interface has an address in 100\.64\.0\.0\/10 or fd7a/);
  assertMatch(
    await missing(says({ BackendState: "NeedsLogin" }, 1)),
    /tailscale reports the state NeedsLogin/,
  );
  assertMatch(await missing(says(STATUS), "100.87.201.50"), /no interface has the address 100\.87\.201\.50/);
  const unseen = createTailnet({ manual: "100.87.201.50", run: says(STATUS), interfaces: () => null });
  assertEquals(await unseen.find(), {
    addresses: ["100.87.201.50"],
    names: ["laptop.tail1a2b3.ts.net", "laptop"],
  });
});
