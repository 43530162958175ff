/** Where the server listens, who can reach it there, and its host names: over real sockets. */
import { join } from "node:path";
import { BindError, ListenRefused } from "../../lib/app/server.ts";
import { planEndpoints } from "../../lib/app/serve/plan.ts";
import { assert, assertEquals, assertMatch, assertRejects } from "../support/assert.ts";
import { bindAgain } from "../support/ports.ts";
import { rawRequest, serveAt, statusFor } from "../support/running_server.ts";

const windows = Deno.build.os === "windows";
const NOBODY = () => Promise.resolve(false);

async function inFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.realPath(await Deno.makeTempDir({ prefix: "syntrack-" }));
  try {
    await work(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("one server answers at several addresses, all at one port", async () => {
  await using server = await serveAt({ listen: { hosts: ["127.0.0.1", "127.0.0.2", "::1"] } });
  const { port } = server;
  assertEquals(server.urls, [
    `http://127.0.0.1:${port}`,
    `http://127.0.0.2:${port}`,
    `http://[::1]:${port}`,
  ]);
  for (const url of server.urls) {
    const answer = await fetch(`${url}/api/health`);
    assertEquals([url, answer.status], [url, 200]);
    await answer.body?.cancel();
  }
  const taken = await assertRejects(() => serveAt({ port, listen: { hosts: ["127.0.0.3", "127.0.0.2"] } }));
  assert(taken instanceof BindError && taken.cause instanceof Deno.errors.AddrInUse);
  assertEquals(taken.endpoint, { hostname: "127.0.0.2", port });
  // The address that could be bound was released.
  await using other = await bindAgain(() => serveAt({ port, listen: { hosts: ["127.0.0.3"] } }));
  assertEquals(other.port, port);
});

Deno.test("listening everywhere includes IPv4 and IPv6, and accepts only the address that was reached", async () => {
  await using server = await serveAt({ listen: { bindAll: true } });
  const { port } = server;
  assertEquals(await statusFor({ hostname: "127.0.0.1", port }, `127.0.0.1:${port}`), 200);
  assertEquals(await statusFor({ hostname: "::1", port }, `[::1]:${port}`), 200);
  assertEquals(await statusFor({ hostname: "127.0.0.5", port }, `127.0.0.5:${port}`), 200);
  assertEquals(await statusFor({ hostname: "127.0.0.1", port }, `127.0.0.6:${port}`), 421);
  assertEquals(await statusFor({ hostname: "127.0.0.1", port }, `10.1.2.3:${port}`), 421);
  assertEquals(server.url, `http://127.0.0.1:${port}`);
});

Deno.test("an IPv6 address in a Host header is the same however it is spelled", async () => {
  await using server = await serveAt({ listen: { hosts: ["::1"] } });
  const { port } = server;
  const here = { hostname: "::1", port };
  assertEquals(await statusFor(here, `[0:0:0:0:0:0:0:1]:${port}`), 200);
  assertEquals(await statusFor(here, `[::ffff:127.0.0.1]:${port}`), 200);
  assertEquals(await statusFor(here, `[::2]:${port}`), 421);
});

Deno.test("a name is accepted once it is allowed, and the refusal says what to set", async () => {
  const allowHosts = ["usage.example.com", "other.example.com:8443", "192.168.7.7"];
  await using server = await serveAt({ listen: { allowHosts } });
  const { port } = server;
  const here = { hostname: "127.0.0.1", port };
  const fine = [
    "usage.example.com",
    "usage.example.com:443",
    `USAGE.example.com:${port}`,
    "other.example.com:8443",
    "192.168.7.7",
  ];
  for (const host of fine) assertEquals([host, await statusFor(here, host)], [host, 200]);
  const foreign = [
    "usage.example.com:8443",
    "other.example.com",
    "usage.example.com.evil.example",
    "evil.example",
    "192.168.7.8",
  ];
  for (const host of foreign) assertEquals([host, await statusFor(here, host)], [host, 421]);
  const told = await rawRequest(here, ["GET / HTTP/1.1", "Host: usage.lan:9000"]);
  assertMatch(told, /the host name "usage\.lan:9000".*--allow-host usage\.lan\n/);
});

Deno.test("beyond this machine it starts only if signing in is possible, and names the remedy", async () => {
  for (
    const listen of [{ bindAll: true }, { hosts: ["192.168.1.10"] }, {
      hosts: ["127.0.0.1", "100.87.201.23"],
    }]
  ) {
    const refused = await assertRejects(() => serveAt({ listen, canSignIn: NOBODY }));
    assert(refused instanceof ListenRefused);
    assertMatch(
      refused.message,
      /^Cannot listen on (::|192\.168\.1\.10|100\.87\.201\.23): .*no one can sign in yet$/,
    );
    const mends = [
      "syntrack token generate --save",
      "SYNTRACK_AUTH_TOKENS",
      "--auth-token",
      "syntrack user add",
      "SYNTRACK_ADMIN_USER",
      "syntrack key create",
      "--bind-all",
    ];
    for (const mend of mends) assert(refused.hint.includes(mend), mend);
  }
  await using here = await serveAt({ listen: { hosts: ["127.0.0.1", "::1"] }, canSignIn: NOBODY });
  assertEquals(here.warnings, []);
});

Deno.test("unencrypted http beyond this machine is reported in one sentence, or refused if that is set", async () => {
  await using everywhere = await serveAt({ listen: { bindAll: true } });
  assertEquals(everywhere.warnings.length, 1);
  assertMatch(everywhere.warnings[0]!, /^What is sent to and from :: is not encrypted/);
  const refused = await assertRejects(() => serveAt({ listen: { bindAll: true, allowPlainHttp: false } }));
  assert(refused instanceof ListenRefused);
  assertMatch(refused.message, /SYNTRACK_ALLOW_PLAIN_HTTP/);
  await using here = await serveAt({ listen: { allowPlainHttp: false } });
  assertEquals(here.warnings, []);
});

Deno.test("an address of another machine is reported as such", async () => {
  const error = await assertRejects(() => serveAt({ listen: { hosts: ["192.0.2.77"] } }));
  assert(error instanceof BindError && error.cause instanceof Deno.errors.AddrNotAvailable, String(error));
});

Deno.test("each address is bound once, also if listening everywhere includes it", () => {
  const hostsOf = (hosts: readonly string[], bindAll = false, unix: string | null = null) =>
    planEndpoints({ hosts, bindAll, unix }, 1).map((one) => "path" in one ? one.path : one.hostname);
  assertEquals(hostsOf([]), ["127.0.0.1"]);
  assertEquals(hostsOf(["::1", "::1"]), ["::1"]);
  assertEquals(hostsOf(["127.0.0.1", "0.0.0.0", "::1"]), ["0.0.0.0", "::1"]);
  assertEquals(hostsOf(["127.0.0.1", "::"]), ["::"]);
  assertEquals(hostsOf(["127.0.0.1"], true, "/s"), ["::", "/s"]);
  assertEquals(hostsOf([], false, "/s"), ["/s"]);
});

Deno.test(
  "a Unix socket is private to its owner, answers, and is removed at the end",
  { ignore: windows },
  () =>
    inFolder(async (folder) => {
      const path = join(folder, "dashboard.sock");
      const server = await serveAt({ listen: { unix: path }, canSignIn: NOBODY });
      try {
        assertEquals(server.urls, [`unix:${path}`]);
        assertEquals((await Deno.lstat(path)).mode! & 0o777, 0o600);
        assertEquals(await statusFor({ path }, "localhost"), 200);
        assertEquals(await statusFor({ path }, "evil.example"), 421);
        const second = await assertRejects(() => serveAt({ listen: { unix: path } }));
        assert(second instanceof BindError && second.cause instanceof Deno.errors.AddrInUse);
        // The socket of the running server was not taken away.
        assertEquals(await statusFor({ path }, "localhost"), 200);
      } finally {
        await server[Symbol.asyncDispose]();
      }
      const gone = await assertRejects(() => Deno.lstat(path));
      assert(gone instanceof Deno.errors.NotFound);
    }),
);

Deno.test("the socket of a killed server is reused, a file of another kind is left alone", {
  ignore: windows,
}, () =>
  inFolder(async (folder) => {
    const path = join(folder, "left.sock");
    // Kept in a variable: a listener without a reference is collected, and removes its file.
    const code = `globalThis.kept = Deno.listen({ transport: "unix", path: ${JSON.stringify(path)} });
      console.log("there"); setInterval(() => {}, 1000);`;
    const killed = new Deno.Command(Deno.execPath(), {
      args: ["eval", code],
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    const reader = killed.stdout.getReader();
    await reader.read();
    killed.kill("SIGKILL");
    await Promise.all([killed.status, reader.cancel()]);
    assert((await Deno.lstat(path)).isSocket);
    await using server = await serveAt({ listen: { unix: path, hosts: ["127.0.0.1"] } });
    assertEquals(await statusFor({ path }, "localhost"), 200);
    assertEquals(
      await statusFor({ hostname: "127.0.0.1", port: server.port }, `127.0.0.1:${server.port}`),
      200,
    );

    const file = join(folder, "notes.txt");
    await Deno.writeTextFile(file, "mine");
    const refused = await assertRejects(() => serveAt({ listen: { unix: file } }));
    assert(refused instanceof BindError && refused.cause instanceof Deno.errors.AddrInUse);
    assertEquals(await Deno.readTextFile(file), "mine");
  }));
