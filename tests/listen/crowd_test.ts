/** More connections than the process has descriptors for. */
import { fileURLToPath } from "node:url";
import { connectionsFor } from "../../lib/app/listen/limits.ts";
import { assertEquals } from "../support/assert.ts";
import { readUntilEnd } from "./until_end.ts";

const FEW_DESCRIPTORS = 100;

for (
  const [how, first] of [
    ["at once", 0],
    // Then the listener accepts for a part of that time.
    ["while the server checks its listener", connectionsFor(FEW_DESCRIPTORS) + 10],
  ] as const
) {
  Deno.test(`a crowd that would use all descriptors locks no one out, also if it comes ${how}`, {
    ignore: Deno.build.os === "windows",
  }, async () => {
    // The shell sets the limit for the process it becomes.
    const child = new Deno.Command("sh", {
      args: [
        "-c",
        `ulimit -n ${FEW_DESCRIPTORS} && exec "$0" run -A --no-check "$1"`,
        Deno.execPath(),
        fileURLToPath(new URL("few_descriptors_child.ts", import.meta.url)),
      ],
      stdout: "piped",
      stderr: "null",
    }).spawn();
    const crowd: Deno.TcpConn[] = [];
    try {
      const reader = child.stdout.getReader();
      const { value } = await reader.read();
      await reader.cancel();
      const port = Number(new TextDecoder().decode(value));
      const come = async (count: number) => {
        for (let i = 0; i < count; i++) {
          const connection = await Deno.connect({ hostname: "127.0.0.1", port });
          crowd.push(connection);
          await connection.write(new TextEncoder().encode("GET / HT")).catch(() => {});
        }
      };
      await come(first);
      if (first > 0) {
        // Those above the limit leave, and one more for the server's own connection, which checks the listener.
        for (const one of crowd.splice(0, first - connectionsFor(FEW_DESCRIPTORS) + 1)) {
          assertEquals(await readUntilEnd(one), "");
        }
      }
      await come(300 - first);
      assertEquals(await askedUntilAnswered(port), "ok");
      for (const connection of crowd.splice(0)) connection.close();
      assertEquals(await askedUntilAnswered(port), "ok");
    } finally {
      for (const connection of crowd) connection.close();
      child.kill("SIGKILL");
      await child.status;
    }
  });
}

/** A listener without a free descriptor is reopened within seconds; on a busy machine all takes longer. */
async function askedUntilAnswered(port: number): Promise<string> {
  const begun = performance.now();
  for (;;) {
    try {
      const signal = AbortSignal.timeout(10_000);
      return await (await fetch(`http://127.0.0.1:${port}/`, { signal, headers: { connection: "close" } }))
        .text();
    } catch (error) {
      if (performance.now() - begun > 120_000) throw error;
    }
  }
}
