/** Proxy headers count only from trusted addresses, and are read from the right. */
import fc from "fast-check";
import { checkPrefix, readForwarded } from "../../lib/net/forwarded.ts";
import { EVERY_USER, type IdentityRules, readIdentity } from "../../lib/net/identity.ts";
import { createSubnets } from "../../lib/net/subnets.ts";
import { assert, assertEquals } from "../support/assert.ts";

const TRUSTED = createSubnets(["127.0.0.1", "10.0.0.0/8"]);

function read(headers: Readonly<Record<string, string>>, peer: string | null = "127.0.0.1") {
  return readForwarded(new Headers(headers), peer, TRUSTED);
}

const addressOf = (value: string, peer?: string) => read({ "x-forwarded-for": value }, peer)?.address;

Deno.test("nothing counts from an untrusted address", () => {
  const all = { "x-forwarded-for": "8.8.8.8", "x-forwarded-proto": "https", "x-forwarded-host": "a" };
  assertEquals(read(all, "192.168.1.9"), null);
  assertEquals(read(all, null), null);
  assertEquals(readForwarded(new Headers(all), null, createSubnets(["unix"]))?.address, "8.8.8.8");
});

Deno.test("the client is the first hop from the right that is no proxy, whatever precedes it", () => {
  assertEquals(addressOf("203.0.113.7"), "203.0.113.7");
  assertEquals(addressOf("1.1.1.1, 127.0.0.1, 203.0.113.7"), "203.0.113.7");
  assertEquals(addressOf("203.0.113.7, 10.1.2.3"), "203.0.113.7");
  assertEquals(addressOf("203.0.113.7, ::ffff:10.1.2.3"), "203.0.113.7");
  assertEquals(addressOf("203.0.113.7:51234"), "203.0.113.7");
  assertEquals(addressOf("[2001:db8::9]:443"), "2001:db8::9");
  // An invalid hop ends the list at the proxy that wrote it.
  assertEquals(addressOf("203.0.113.7, unknown, 10.1.2.3"), "10.1.2.3");
  assertEquals(addressOf("localhost"), "127.0.0.1");
  assertEquals(read({})?.address, "127.0.0.1");
});

Deno.test("whatever a client writes, the proxy's own entry decides", () => {
  fc.assert(fc.property(fc.string(), (written) => {
    const value = `${written.replaceAll(/[^ -~]/g, "")}, 203.0.113.7`;
    assertEquals(addressOf(value), "203.0.113.7");
  }));
});

Deno.test("scheme, host and path are those of the outermost trusted proxy", () => {
  assertEquals(
    read({
      "x-forwarded-for": "203.0.113.7, 10.0.0.2",
      "x-forwarded-proto": "https, http",
      "x-forwarded-host": "usage.example.com, inner.local",
      "x-forwarded-prefix": "/ai-usage",
    }),
    { address: "203.0.113.7", protocol: "https", host: "usage.example.com", prefix: "/ai-usage" },
  );
  // Entries that the client added in front are ignored.
  assertEquals(
    read({ "x-forwarded-for": "1.2.3.4, 203.0.113.7", "x-forwarded-proto": "https, http" })?.protocol,
    "http",
  );
  assertEquals(read({ "x-forwarded-proto": "gopher" })?.protocol, null);
});

Deno.test("a path of a proxy has plain parts, or is ignored", () => {
  assertEquals(checkPrefix("/ai-usage/"), "/ai-usage");
  assertEquals(checkPrefix("/a/b.c~d_e"), "/a/b.c~d_e");
  for (
    const text of [
      "",
      "/",
      "ai",
      "//evil.example",
      "/a//b",
      "/../x",
      "/a/./b",
      '/a"b',
      "/a b",
      "/%2e",
      "/<x>",
    ]
  ) assertEquals(checkPrefix(text), null, text);
});

const RULES: IdentityRules = {
  userHeader: "remote-user",
  groupsHeader: "remote-groups",
  tailscale: false,
  roles: new Map([["admins", "admin"], ["family", "viewer"], ["ann", "operator"]]),
};
const who = (headers: Readonly<Record<string, string>>, rules: Partial<IdentityRules> = {}) =>
  readIdentity(new Headers(headers), { ...RULES, ...rules });

Deno.test("a proxy's person has the highest role of their groups, and no access without any", () => {
  assertEquals(who({ "remote-user": "bob", "remote-groups": "family, admins" }), {
    name: "bob",
    role: "admin",
  });
  assertEquals(who({ "remote-user": "ann", "remote-groups": "family" }), { name: "ann", role: "operator" });
  assertEquals(who({ "remote-user": "bob", "remote-groups": "others" }), null);
  assertEquals(who({ "remote-user": "bob" }, { roles: new Map([[EVERY_USER, "viewer"]]) })?.role, "viewer");
  assertEquals(who({ "remote-groups": "admins" }), null);
});

Deno.test("a doubled or empty name, or one with control characters, is ignored", () => {
  const roles = new Map([[EVERY_USER, "admin" as const]]);
  const doubled = new Headers([["remote-user", "ann"], ["remote-user", "bob"]]);
  assertEquals(readIdentity(doubled, { ...RULES, roles }), null);
  for (const name of ["", " ", "x".repeat(201)]) assertEquals(who({ "remote-user": name }, { roles }), null);
  assert(who({ "remote-user": " ann " }, { roles })?.name === "ann");
});

Deno.test("the identity of tailscale serve counts if it is enabled", () => {
  const roles = new Map([["ann@example.com", "admin" as const]]);
  const headers = { "tailscale-user-login": "ann@example.com", "tailscale-user-name": "Ann" };
  assertEquals(who(headers, { roles }), null);
  assertEquals(who(headers, { roles, tailscale: true }), { name: "ann@example.com", role: "admin" });
});
