/** HTTPS with certificate files: reloaded when they change, while broken files leave the old ones in use. */
import { join } from "node:path";
import { ListenRefused } from "../../lib/app/server.ts";
import { assert, assertEquals, assertMatch, assertRejects } from "../support/assert.ts";
import { hasOpenssl, makeAuthority, type TestAuthority } from "../support/certificates.ts";
import type { FakeClock } from "../support/fake_clock.ts";
import { serveAt } from "../support/running_server.ts";
import { until } from "../support/until.ts";

const present = await hasOpenssl();

interface Files {
  readonly tlsCert: string;
  readonly tlsKey: string;
  readonly folder: string;
}

function tlsTest(name: string, work: (files: Files, first: TestAuthority) => Promise<void>): void {
  Deno.test({
    name: `${name}${present ? "" : " (ignored: no openssl found)"}`,
    ignore: !present,
    async fn() {
      const folder = await Deno.makeTempDir({ prefix: "syntrack-tls-" });
      try {
        const files = { folder, tlsCert: join(folder, "chain.pem"), tlsKey: join(folder, "key.pem") };
        const first = await makeAuthority(folder, "first");
        await first.issue(files.tlsCert, files.tlsKey);
        await work(files, first);
      } finally {
        await Deno.remove(folder, { recursive: true });
      }
    },
  });
}

/** The answer for a client that trusts the authority; null if the certificate is not from it. */
async function ask(url: string, { ca }: TestAuthority, host?: string): Promise<Response | null> {
  using client = Deno.createHttpClient({ caCerts: [ca], allowHost: true });
  try {
    const init = { client, ...host && { headers: { host } } };
    const answer = await fetch(url, init as RequestInit);
    const body = await answer.text();
    return new Response(body === "" ? null : body, { status: answer.status, headers: answer.headers });
  } catch {
    return null;
  }
}

tlsTest("with a certificate it speaks https, and plain http gets no answer", async (files, authority) => {
  await using server = await serveAt({ listen: { ...files, allowHosts: ["usage.example.com"] } });
  assertMatch(server.url, /^https:\/\/127\.0\.0\.1:\d+$/);
  const answer = await ask(`${server.url}/api/health`, authority);
  assertEquals([answer?.status, answer?.headers.get("strict-transport-security")], [200, null]);
  const named = await ask(`${server.url}/api/health`, authority, `usage.example.com:${server.port}`);
  assertEquals(named?.headers.get("strict-transport-security"), "max-age=31536000");
  const health = await answer!.json();
  assertEquals(health.certificate.problem, null);
  assert(Date.parse(health.certificate.expiresAt) > Date.now());
  using plain = await Deno.connect({ hostname: "127.0.0.1", port: server.port });
  await plain.write(
    new TextEncoder().encode(`GET /api/health HTTP/1.1\r\nHost: 127.0.0.1:${server.port}\r\n\r\n`),
  );
  const bytes = new Uint8Array(16);
  const read = await plain.read(bytes).catch(() => null);
  assert(read === null || !new TextDecoder().decode(bytes).startsWith("HTTP"));
  // A client that aborts a handshake breaks nothing else.
  assertEquals((await ask(`${server.url}/api/health`, authority))?.status, 200);
});

tlsTest("plain http has no HSTS", async () => {
  await using server = await serveAt({});
  const answer = await fetch(`${server.url}/api/health`);
  assertEquals(answer.headers.get("strict-transport-security"), null);
  await answer.body?.cancel();
});

tlsTest(
  "a new certificate applies without a restart; a broken one does not, and health says so",
  async (files, first) => {
    await using server = await serveAt({ listen: files });
    const clock = server.services.clock as FakeClock;
    const second = await makeAuthority(files.folder, "second");
    const health = async (by: TestAuthority) => await (await ask(`${server.url}/api/health`, by))!.json();
    // Files are read independently of the clock, so it may have passed while they were.
    const pass = (holds: () => Promise<boolean>) =>
      until("what the files say", async () => {
        await clock.advance(10_000);
        return await holds();
      });

    await Deno.writeTextFile(files.tlsCert, "-----BEGIN CERTIFICATE-----\nbroken\n");
    await pass(async () => (await health(first)).certificate.problem !== null);
    assertEquals((await health(first)).certificate.problem, "the certificate file contains no certificate");

    // The key of another certificate: half of a change.
    const other = join(files.folder, "other.pem");
    await second.issue(files.tlsCert, other);
    await pass(async () =>
      (await health(first)).certificate.problem === "the key does not match the certificate"
    );

    await Deno.copyFile(other, files.tlsKey);
    await pass(async () => (await ask(`${server.url}/api/health`, second)) !== null);
    assertEquals((await health(second)).certificate.problem, null);
    assertEquals(await ask(`${server.url}/api/health`, first), null);

    await Deno.remove(files.tlsKey);
    await pass(async () => (await health(second)).certificate.problem !== null);
    const { certificate } = await health(second);
    assertEquals(certificate.problem, "the key file cannot be read");
    assert(!JSON.stringify(certificate).includes(files.folder));
  },
);

tlsTest(
  "unusable files at the start are reported, and so is a file without the other",
  async (files) => {
    const refusal = async (listen: object) => {
      const error = await assertRejects(() => serveAt({ listen }));
      assert(error instanceof ListenRefused, String(error));
      return `${error.message}. ${error.hint}`;
    };
    assertMatch(
      await refusal({ ...files, tlsKey: `${files.tlsKey}.gone` }),
      /the key file cannot be read.*--tls-key/,
    );
    assertMatch(await refusal({ ...files, tlsKey: files.tlsCert }), /contains no private key/);
    assertMatch(await refusal({ ...files, tlsCert: files.tlsKey }), /contains no certificate/);
    assertMatch(await refusal({ tlsCert: files.tlsCert }), /--tls-cert is set without --tls-key/);
  },
);

tlsTest("connections that never finish a handshake are closed", async (files, authority) => {
  await using server = await serveAt({ listen: files });
  const held: Deno.TcpConn[] = [];
  for (let i = 0; i < 40; i++) held.push(await Deno.connect({ hostname: "127.0.0.1", port: server.port }));
  assertEquals((await ask(`${server.url}/api/health`, authority))?.status, 200);
  for (const connection of held) connection.close();
});
