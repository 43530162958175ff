/** Every route and method, requested by every kind of visitor. */
import { withRoutes } from "../../dev/access_docs.ts";
import { ROLE_PERMISSIONS } from "../../lib/access/decide.ts";
import { type Permission, ROLES, SCOPES } from "../../lib/access/principal.ts";
import { permissionFor, RETURN_PATHS, ROUTES } from "../../lib/access/routes.ts";
import { OPERATIONS } from "../../lib/openapi/operations.ts";
import { assert, assertEquals } from "../support/assert.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { fakeServices } from "../support/fake_services.ts";
import { utc } from "../support/readings.ts";
import { pagePaths, routePaths, staticPaths } from "../support/routes.ts";
import { askAs, createKey, signInAs } from "../support/visitors.ts";

const AT = utc("2026-11-19 10:00");
const METHODS = ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"];
const TOKEN = `syntrack_token_${"a1".repeat(32)}`;
/** Tested elsewhere. */
const SIGN_OUTS = ["/logout", "/api/auth/logout"];
/** Sends requests with every kind of credential. */
const KNOCK = { body: "{}", headers: { "content-type": "application/json" } };

/** Request paths: parameters appear as `x`. */
function example(path: string): string {
  return path.replaceAll(/:[^/]+/g, "x");
}

Deno.test("the access list contains every route file and nothing else", () => {
  const files = routePaths();
  assertEquals(ROUTES.map(({ path }) => example(path)).sort(), [...files].sort());
  assertEquals(new Set(ROUTES.map(({ path }) => path)).size, ROUTES.length);
});

Deno.test("a sign-in returns to every page of one path, except those for signed-out users", () => {
  const entry = ["/login", "/logout", "/offline", "/set-up"];
  const files = new Set(pagePaths());
  const pages = ROUTES.map(({ path }) => path).filter((path) => files.has(path) && !path.includes(":"));
  assertEquals([...RETURN_PATHS].sort(), pages.filter((path) => !entry.includes(path)).sort());
});

Deno.test("every operation of the OpenAPI document requires a permission in the list", () => {
  for (const { path, method } of OPERATIONS) {
    const rule = ROUTES.find((one) => example(one.path) === path.replaceAll(/\{[^}]*\}/g, "x"));
    assert(rule, `${path} is in no list`);
    assert(Object.keys(rule.methods).includes(method.toUpperCase()), `${method} ${path} is in no list`);
  }
});

Deno.test("the table in docs/access.md is the actual one", async () => {
  const text = await Deno.readTextFile(new URL("../../docs/access.md", import.meta.url));
  const plain = (table: string) => table.replaceAll(/ +/g, " ").replaceAll(/-+/g, "-");
  assertEquals(plain(withRoutes(text)), plain(text), "Run deno run -A dev/access_docs.ts");
});

Deno.test("the public list is as short as agreed", () => {
  const open = ROUTES.flatMap(({ path, methods }) =>
    Object.entries(methods).filter(([, permission]) => permission === "public").map(([method]) =>
      `${method} ${path}`
    )
  );
  assertEquals(open, [
    "GET /login",
    "POST /login",
    "POST /login/passkey",
    "GET /logout",
    "POST /logout",
    "GET /set-up",
    "POST /set-up",
    "GET /favicon.svg",
    "GET /feeds/:secret/alerts.atom",
    "GET /feeds/:secret/calendar.ics",
    "GET /api/health",
    "GET /health",
    "POST /api/auth/login",
    "POST /api/auth/register",
    "GET /api/auth/status",
  ]);
});

Deno.test("a route in no list is closed to everyone", () => {
  assertEquals(permissionFor("/api/new", "GET"), null);
  assertEquals(permissionFor(null, "GET"), "any");
  assertEquals(permissionFor("/api/settings", "HEAD"), "read");
  assertEquals(permissionFor("/api/settings", "DELETE"), "any");
});

/** The visitors and their permissions. */
type Visitor = readonly [name: string, may: readonly Permission[], who: Readonly<Record<string, string>>];

Deno.test("every route and method admits exactly whom the list admits", async () => {
  await using services = await fakeServices({
    clock: new FakeClock(AT),
    access: { tokens: () => Promise.resolve([TOKEN]) },
  });
  const visitors: Visitor[] = [
    ["nobody", ["public"], {}],
    ["a wrong token", ["public"], { "x-auth-token": `${TOKEN}0` }],
    ["a token", ROLE_PERMISSIONS.admin, { "x-auth-token": TOKEN }],
  ];
  for (const role of ROLES) {
    visitors.push([`a ${role}`, ROLE_PERMISSIONS[role], await signInAs(services, role)]);
  }
  for (const scope of SCOPES) {
    visitors.push([`a key of ${scope}`, ["public", "any", scope], await createKey(services, [scope])]);
  }
  const paths: readonly (readonly [pattern: string | null, path: string])[] = [
    ...ROUTES.map(({ path }) => [path, example(path)] as const),
    [null, "/nothing/here"],
    [null, "/api/v1/nothing"],
  ];
  let [asked, left] = [0, 0];
  for (const [name, may, who] of visitors) {
    // Each asks an app of their own, in which nobody has refreshed before.
    const ask = askAs({ ...services }, who);
    for (const [pattern, path] of paths) {
      for (const method of METHODS) {
        // After signing out there would be no access.
        if (method === "POST" && SIGN_OUTS.includes(path)) {
          left++;
          continue;
        }
        const permission = permissionFor(pattern, method)!;
        asked++;
        const hasBody = method !== "GET" && method !== "HEAD" && method !== "OPTIONS";
        const answer = await ask(path, { method, ...hasBody && KNOCK });
        await answer.body?.cancel();
        const isSentAway = answer.status === 303 &&
          answer.headers.get("location")?.startsWith("/login?next=");
        const isRefused = [401, 403, 429].includes(answer.status) || isSentAway;
        // The body gives no access, which is answered the same way.
        if (path === "/login" || path === "/set-up") continue;
        assertEquals(
          isRefused,
          !may.includes(permission),
          `${name}: ${method} ${path} answers ${answer.status}`,
        );
        if (isRefused && name === "nobody" && !isSentAway) {
          assertEquals(answer.status, 401, `${method} ${path}`);
        }
      }
    }
  }
  assertEquals(asked + left, visitors.length * paths.length * METHODS.length);
});

Deno.test("static files are public", async () => {
  await using services = await fakeServices({ clock: new FakeClock(AT) });
  const ask = askAs(services, {});
  for (const path of staticPaths()) {
    const answer = await ask(path);
    await answer.body?.cancel();
    assertEquals(answer.status, 200, path);
  }
});
