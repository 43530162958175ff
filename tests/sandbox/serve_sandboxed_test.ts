/** `serve --sandbox`, as a process: the server has only its own permissions, and no second process waits for it. */
import { ALLOCATOR } from "../../lib/daemon/allocator.ts";
import { assert, assertEquals, assertThrows } from "../support/assert.ts";
import { startProgram } from "../support/program.ts";
import { withCliHome } from "../cli/support.ts";

const ARGS = ["serve", "--sandbox", "--port", "0"];
const isLinux = Deno.build.os === "linux";

function argumentsOf(pid: number): readonly string[] {
  return Deno.readTextFileSync(`/proc/${pid}/cmdline`).split("\0");
}

function childrenOf(pid: number): readonly string[] {
  return Deno.readTextFileSync(`/proc/${pid}/task/${pid}/children`).trim().split(" ").filter(Boolean);
}

Deno.test({
  name: "the process becomes the server, with its permissions alone, and answers and ends like any other",
  ignore: !isLinux,
  async fn() {
    await withCliHome(async (place) => {
      const server = await startProgram(place, ARGS, { UNRELATED_SECRET: "hidden", MALLOC_ARENA_MAX: "8" });
      const args = argumentsOf(server.pid);
      assert(args.some((arg) => arg.startsWith("--allow-net=")), args.join(" "));
      assert(!args.includes("-A") && !args.includes("--sandbox"), args.join(" "));
      assertEquals(childrenOf(server.pid), []);
      const environment = Deno.readTextFileSync(`/proc/${server.pid}/environ`).split("\0");
      assertEquals(environment.filter((one) => one.startsWith("UNRELATED_SECRET")), []);
      const expected = Object.entries({ ...ALLOCATOR, MALLOC_ARENA_MAX: "8" }).map((pair) => pair.join("="));
      assertEquals(environment.filter((one) => one.startsWith("MALLOC_")).toSorted(), expected.toSorted());
      const health = await fetch(`${server.url}/api/health`);
      assertEquals(health.status, 200);
      await health.body?.cancel();
      assertEquals((await server.stop("SIGTERM")).code, 0);
    });
  },
});

Deno.test({
  name: "where the process cannot be replaced, the server is a process of its own that ends with it",
  ignore: !isLinux,
  async fn() {
    await withCliHome(async (place) => {
      const server = await startProgram(place, ARGS, {}, 1, [], ["-A", "--deny-ffi"]);
      const [child = "", ...others] = childrenOf(server.pid);
      assertEquals(others, []);
      assert(argumentsOf(Number(child)).some((arg) => arg.startsWith("--allow-net=")));
      assertEquals((await server.stop("SIGTERM")).code, 0);
      assertThrows(() => argumentsOf(Number(child)), /No such file/);
    });
  },
});

Deno.test("a database beside the home folder needs no permission for the folder it lies in", async () => {
  await withCliHome(async (place) => {
    const home = `${place.folder}/home`;
    await Deno.mkdir(home);
    const env = { HOME: home, SYNTRACK_DB_PATH: `${place.folder}/new.db` };
    const server = await startProgram(place, ARGS, env);
    const args = isLinux ? argumentsOf(server.pid) : [];
    assertEquals((await server.stop("SIGTERM")).code, 0);
    assert((await Deno.stat(`${place.folder}/new.db`)).size > 0);
    if (!isLinux) return;
    const [writable = ""] = args.filter((arg) => arg.startsWith("--allow-write="));
    // Without its locks two servers would both poll, and backups need a folder.
    for (const name of ["new.db", "new.db-polling", "new.db-asking", "backups"]) {
      assert(writable.split(/[=,]/).includes(`${place.folder}/${name}`), `${name}: ${writable}`);
    }
  });
});
