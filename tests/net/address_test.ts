/** Addresses and subnets as people and sockets write them. */
import fc from "fast-check";
import { canonicalAddress, isLoopback, isTailnet, peerAddress, peerGroup } from "../../lib/net/address.ts";
import { createSubnets, parseSubnet } from "../../lib/net/subnets.ts";
import { assert, assertEquals } from "../support/assert.ts";

Deno.test("an address has one spelling, and IPv4 mapped to IPv6 is that of IPv4", () => {
  const spelled: readonly (readonly [string, string | null])[] = [
    ["127.0.0.1", "127.0.0.1"],
    ["::FFFF:192.168.1.5", "192.168.1.5"],
    ["::ffff:c0a8:105", "192.168.1.5"],
    ["[::1]", "::1"],
    ["0:0:0:0:0:0:0:1", "::1"],
    ["FD7A:115C:A1E0::0053", "fd7a:115c:a1e0::53"],
    ["fe80::1%eth0", null],
    ["127.1", null],
    ["010.0.0.1", null],
    ["127.0.0.1:80", null],
    ["localhost", null],
    ["", null],
  ];
  for (const [text, address] of spelled) assertEquals(canonicalAddress(text), address, text);
  assertEquals(peerAddress("fe80::1%eth0"), "fe80::1");
  assertEquals(peerAddress("::ffff:10.0.0.7"), "10.0.0.7");
  assertEquals(peerAddress(undefined), null);
});

Deno.test("loopback and tailnet addresses are distinguished from all others", () => {
  for (const address of ["127.0.0.1", "127.9.9.9", "::1", "localhost"]) assert(isLoopback(address), address);
  for (const address of ["128.0.0.1", "::2", "192.168.1.1", "0.0.0.0", "::"]) {
    assert(!isLoopback(address), address);
  }
  for (const address of ["100.64.0.0", "100.87.201.23", "100.127.255.255", "fd7a:115c:a1e0::1"]) {
    assert(isTailnet(address), address);
  }
  for (const address of ["100.63.255.255", "100.128.0.0", "fd7a:115c:a1e1::1", "10.0.0.1"]) {
    assert(!isTailnet(address), address);
  }
});

Deno.test("connections are limited by IPv4 address and by IPv6 network", () => {
  assertEquals(peerGroup("192.168.1.5"), "192.168.1.5");
  assertEquals(peerGroup("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::/64");
  assertEquals(peerGroup("2001:db8:1:2::9"), "2001:db8:1:2::/64");
  assertEquals(peerGroup("2001:db8::9"), "2001:db8:0:0::/64");
  assertEquals(peerGroup("::1"), "0:0:0:0::/64");
});

Deno.test("a subnet is an address with at most as many bits as it has, and contains its addresses", () => {
  assertEquals(parseSubnet("10.0.0.0/8"), "10.0.0.0/8");
  assertEquals(parseSubnet(" 192.168.1.5 "), "192.168.1.5");
  assertEquals(parseSubnet("FD00::/8"), "fd00::/8");
  for (const text of ["10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/8/8", "ten/8", "::/129", "10.0.0.0/", ""]) {
    assertEquals(parseSubnet(text), null, text);
  }
  const subnets = createSubnets(["10.0.0.0/8", "192.168.1.5", "fd00::/8"]);
  for (const address of ["10.255.0.1", "192.168.1.5", "fd12::1"]) assert(subnets.has(address), address);
  for (const address of ["11.0.0.1", "192.168.1.6", "fe00::1", null]) {
    assert(!subnets.has(address), `${address}`);
  }
  assert(createSubnets(["unix"]).has(null));
});

Deno.test("an IPv4 address is in its subnet exactly if its first bits agree", () => {
  const octet = fc.integer({ min: 0, max: 255 });
  const address = fc.tuple(octet, octet, octet, octet);
  const numberOf = (parts: readonly number[]) => parts.reduce((sum, part) => sum * 256 + part, 0);
  fc.assert(fc.property(address, address, fc.integer({ min: 0, max: 32 }), (base, one, bits) => {
    const size = 2 ** (32 - bits);
    const isIn = Math.floor(numberOf(base) / size) === Math.floor(numberOf(one) / size);
    assertEquals(createSubnets([`${base.join(".")}/${bits}`]).has(one.join(".")), isIn);
    assertEquals(
      createSubnets([`${base.join(".")}/${bits}`]).has(canonicalAddress(`::ffff:${one.join(".")}`)),
      isIn,
    );
  }));
});
