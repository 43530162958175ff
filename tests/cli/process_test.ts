/** The program as the system runs it: exit codes, pipes, signals, ports. */
import { ensureBuilt } from "../../dev/build.ts";
import { assert, assertEquals, assertMatch, assertStringIncludes } from "../support/assert.ts";
import { startVendor } from "../support/vendor.ts";
import { createCommand, decodeText, startProgram } from "../support/program.ts";
import { ORACLE_DAY, withCliHome } from "./support.ts";

/** Vendors that the demo polls rarely in the past: their month is made in a moment. */
const RARE = "deepseek,moonshot";

Deno.test("the program ends with the code of its command and separates data and messages", () =>
  withCliHome(async (place) => {
    await place.fill(ORACLE_DAY);
    const fine = await createCommand(place, ["query", "today", "--now", "2026-11-21T13:00:00Z"]).output();
    assertEquals([fine.code, decodeText(fine.stderr)], [0, ""]);
    assertEquals(JSON.parse(decodeText(fine.stdout)).consumed_today, 290);
    const failed = await createCommand(place, ["collect"]).output();
    assertEquals([failed.code, decodeText(failed.stdout)], [1, ""]);
    const wrong = await createCommand(place, ["query", "tody"]).output();
    assertEquals([wrong.code, decodeText(wrong.stdout)], [2, ""]);
  }));

Deno.test("a closed pipe ends the program silently", () =>
  withCliHome(async (place) => {
    // More than a pipe holds, so that something is still to be written when the reader is gone.
    const many = Array.from({ length: 3000 }, (_, i): [string, number] => {
      return [
        new Date(Date.UTC(2026, 10, 19) + i * 60_000).toISOString().slice(0, 16).replace("T", " "),
        i % 100,
      ];
    });
    await place.fill(many);
    const child = createCommand(place, ["query", "history", "-d", "30"]).spawn();
    const reader = child.stdout.getReader();
    await reader.read();
    await reader.cancel();
    const [{ code }, stderr] = await Promise.all([child.status, new Response(child.stderr).text()]);
    assertEquals([code, stderr], [0, ""]);
  }));

Deno.test("with a proxy in the environment local requests are direct, and the proxy sees no key", () =>
  withCliHome(async (place) => {
    const answer = () => Response.json({ subscription: { limit: 135, requests: 89, renewsAt: null } });
    await using vendor = startVendor(answer);
    await using proxy = startVendor(answer);
    for (const host of ["127.0.0.1", "localhost"]) {
      const origin = vendor.origin.replace("127.0.0.1", host);
      const data = { SYNTRACK_DB_PATH: `${place.dbPath}.${host}` };
      const { code, stdout } = await createCommand(place, ["collect"], {
        ...data,
        SYNTHETIC_API_KEY: "syn_a-secret-nobody-may-see",
        SYNTRACK_SYNTHETIC_BASE_URL: origin,
        // The runtime itself checks for a newer version.
        DENO_NO_UPDATE_CHECK: "1",
        HTTP_PROXY: proxy.origin,
        http_proxy: proxy.origin,
        HTTPS_PROXY: proxy.origin,
        ALL_PROXY: proxy.origin,
      }).output();
      assertEquals([code, decodeText(stdout)], [0, "Collected: 89/135 used (46 leftover)\n"]);
    }
    assertEquals([vendor.requests.length, proxy.requests.length], [2, 0]);
  }));

Deno.test("guard answers by the exit code", () =>
  withCliHome(async (place) => {
    const code = async (...args: readonly string[]) =>
      (await createCommand(place, ["guard", ...args]).output()).code;
    assertEquals(await code(), 69);
    await place.fill([["2026-11-21 12:58", 80]]);
    const now = ["--now", "2026-11-21T13:00:00Z"];
    assertEquals(await code(...now, "--min-remaining", "40%"), 0);
    assertEquals(await code(...now, "--min-remaining", "50%"), 1);
    assertEquals(await code(...now, "--min-remaining", "lots"), 64);
    assertEquals(await code("--nonsense"), 64);
    assertEquals(await code("--now", "2026-11-22T13:00:00Z"), 69);
    assertEquals(await code("--now", "2026-11-22T13:00:00Z", "--fail-open"), 0);
  }));

Deno.test("an export into a closed pipe ends silently, and one into import arrives", () =>
  withCliHome(async (place) => {
    const many = Array.from({ length: 9000 }, (_, i): [string, number] => {
      return [new Date(Date.UTC(2026, 10, 14) + i * 60_000).toISOString().slice(0, 19), i % 100];
    });
    await place.fill(many);
    const child = createCommand(place, ["export"]).spawn();
    const reader = child.stdout.getReader();
    const { value } = await reader.read();
    await reader.cancel();
    const [{ code }, stderr] = await Promise.all([child.status, new Response(child.stderr).text()]);
    assertEquals([code, stderr], [0, ""]);
    assertMatch(decodeText(value ?? new Uint8Array()), /^provider,account,key,/);

    const from = createCommand(place, ["export", "-f", "ndjson"]).spawn();
    const into = createCommand(place, ["import", "-", "--db", `${place.dbPath}.copy`], {}, "piped").spawn();
    const [{ code: imported, stdout }] = await Promise.all([into.output(), from.stdout.pipeTo(into.stdin)]);
    assertEquals([imported, (await from.status).code], [0, 0]);
    assertStringIncludes(decodeText(stdout), "Imported 9,000 readings");
    await from.stderr.cancel();
  }));

Deno.test("serve prints its address, serves, names the holder of its port, and stops on request", async () => {
  await ensureBuilt();
  await withCliHome(async (place) => {
    const server = await startProgram(place, ["serve", "--port", "0"]);
    try {
      assertMatch(server.url, /^http:\/\/127\.0\.0\.1:\d+$/);
      const health = await fetch(`${server.url}/api/health`);
      assertEquals((await health.json()).status, "ok");
      const port = new URL(server.url).port;
      const second = await createCommand(place, ["serve", "-p", port]).output();
      assertEquals([second.code, decodeText(second.stdout)], [1, ""]);
      assertStringIncludes(
        decodeText(second.stderr),
        `in use by another syntrack, which shows ${server.url}`,
      );
      assertStringIncludes(decodeText(second.stderr), "--port");
    } finally {
      assertEquals((await server.stop("SIGTERM")).code, 0);
    }
  });
});

Deno.test("serve names another program that holds its port", () =>
  withCliHome(async (place) => {
    await ensureBuilt();
    const other = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    try {
      const { code, stderr } = await createCommand(place, ["serve", "-p", String(other.addr.port)]).output();
      assertEquals(code, 1);
      assertStringIncludes(decodeText(stderr), "in use by another program");
    } finally {
      other.close();
    }
  }));

Deno.test("demo shows a month and leaves nothing behind", async () => {
  await ensureBuilt();
  await withCliHome(async (place) => {
    const server = await startProgram(place, ["demo", "--no-live", "--port", "0", "--providers", RARE]);
    let accounts = 0;
    try {
      const health: { accounts: Record<string, number> } = await (await fetch(`${server.url}/api/health`))
        .json();
      accounts = Object.values(health.accounts).reduce((sum, count) => sum + count, 0);
    } finally {
      assertEquals((await server.stop("SIGINT")).code, 0);
    }
    assertEquals(accounts, 2);
    assertEquals([...Deno.readDirSync(place.folder)].map(({ name }) => name), []);
  });
});

Deno.test("the demo is live: readings arrive every few seconds", async () => {
  await ensureBuilt();
  await withCliHome(async (place) => {
    const server = await startProgram(place, ["demo", "--port", "0", "--providers", RARE]);
    try {
      const answer = await fetch(`${server.url}/api/live`, { signal: AbortSignal.timeout(50_000) });
      const decoder = new TextDecoder();
      let heard = "";
      for await (const chunk of answer.body!) {
        heard += decoder.decode(chunk, { stream: true });
        // Two accounts, each twice: polling every minute would not deliver that in time.
        if (heard.split("event: account").length > 4) break;
      }
      assert(heard.split("event: account").length > 4, "Readings come every few seconds");
    } finally {
      await server.stop("SIGINT");
    }
  });
});
