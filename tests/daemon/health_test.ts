/** How `syntrack health` interprets anything that answers in place of the server. */
import { askHealth } from "../../lib/daemon/health.ts";
import type { Run } from "../../lib/daemon/run_file.ts";
import { assertEquals } from "../support/assert.ts";
import { CLOSED_PORT } from "../support/ports.ts";

Deno.test("the server is healthy, failing, a different one or silent", async () => {
  const own = { instance: "own", status: "ok" };
  let answer = () => Response.json(own);
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, () => answer());
  const ask = (url: string) => askHealth({ url, instance: "own" } as Run, 5_000);
  const url = `http://127.0.0.1:${server.addr.port}/`;
  assertEquals(await ask(url), "ok");
  answer = () => Response.json({ ...own, status: "failing" }, { status: 503 });
  assertEquals(await ask(url), "failing");
  answer = () => Response.json({ instance: "somebody-else", status: "ok" });
  assertEquals(await ask(url), "stranger");
  answer = () => new Response("<html>", { status: 200 });
  assertEquals(await ask(url), "stranger");
  answer = () => Response.redirect("http://127.0.0.1:1/");
  assertEquals(await ask(url), "silent");
  await server.shutdown();
  assertEquals(await ask(`http://127.0.0.1:${CLOSED_PORT}/`), "silent");
  // Only its lock is known of a server on a Unix socket.
  assertEquals(await ask("unix:/nowhere"), "ok");
});
