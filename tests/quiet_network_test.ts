/** No request leaves the machine except for quotas, from the program or its runtime. */
import { join } from "node:path";
import { assert, assertEquals, assertMatch } from "./support/assert.ts";

const ROOT = new URL("../", import.meta.url);

interface Manifest {
  readonly tasks: Readonly<Record<string, { readonly command: string }>>;
}

const { tasks } = JSON.parse(await Deno.readTextFile(new URL("deno.json", ROOT))) as Manifest;

Deno.test("every task turns off the runtime's update check", () => {
  for (const [name, { command }] of Object.entries(tasks)) {
    for (const part of command.split("&&").map((text) => text.trim())) {
      // Git checks for no updates.
      if (!part.startsWith("git ")) {
        assertMatch(part, /^DENO_NO_UPDATE_CHECK=1 (?:MALLOC_\w+=\d+ )*deno /, name);
      }
    }
  }
  // Commands after a build, and repeated ones, use the cache.
  for (const name of ["demo", "start", "syntrack"]) {
    assertMatch(tasks[name]?.command.split("&&").at(-1) ?? "", /--cached-only/);
  }
});

/** A proxy that blocks everything and records the requests. */
function startRecorder(): {
  readonly origin: string;
  readonly asked: readonly string[];
  close(): Promise<void>;
} {
  const asked: string[] = [];
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const done = (async () => {
    for await (const connection of listener) {
      const head = new Uint8Array(512);
      const length = await connection.read(head).catch(() => null);
      asked.push(new TextDecoder().decode(head.subarray(0, length ?? 0)).split("\r\n")[0] ?? "");
      connection.close();
    }
  })().catch(() => {});
  return {
    origin: `http://127.0.0.1:${(listener.addr as Deno.NetAddr).port}`,
    asked,
    async close() {
      listener.close();
      await done;
    },
  };
}

/** The runtime's cache without its record of the last update check, so that it would check now. */
async function freshCache(folder: string): Promise<void> {
  const { denoDir } = JSON.parse(
    new TextDecoder().decode(
      (await new Deno.Command(Deno.execPath(), { args: ["info", "--json"], cwd: folder }).output()).stdout,
    ),
  ) as { denoDir: string };
  for await (const { name } of Deno.readDir(denoDir)) {
    if (!name.startsWith("latest")) await Deno.symlink(join(denoDir, name), join(folder, name));
  }
}

Deno.test("commands started like the tasks send nothing out", async () => {
  const home = await Deno.makeTempDir({ prefix: "syntrack-quiet-" });
  const recorder = startRecorder();
  try {
    const cache = join(home, "cache");
    await Deno.mkdir(cache);
    await freshCache(cache);
    const [, ...start] = tasks.syntrack?.command.split(" ") ?? [];
    assertEquals(start.at(-1), "cli.ts");
    const prefix = start.slice(1, -1);
    for (const command of ["status", "config", "providers", "doctor", "statusline", "--help", "guard"]) {
      const { code, stderr } = await new Deno.Command(Deno.execPath(), {
        args: [...prefix, new URL("cli.ts", ROOT).pathname, command],
        cwd: home,
        clearEnv: true,
        env: {
          HOME: home,
          PATH: "/nowhere",
          DENO_DIR: cache,
          DENO_NO_UPDATE_CHECK: "1",
          HTTP_PROXY: recorder.origin,
          HTTPS_PROXY: recorder.origin,
          NO_PROXY: "127.0.0.1,localhost",
        },
        stdin: "null",
      }).output();
      assert(code !== 2, `${command}: ${new TextDecoder().decode(stderr)}`);
    }
    assertEquals(recorder.asked, []);
  } finally {
    await recorder.close();
    await Deno.remove(home, { recursive: true });
  }
});
