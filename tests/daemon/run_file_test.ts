/** The run file distinguishes a running server from a killed one, and from another process with its id. */
import { join } from "node:path";
import { containerSign } from "../../lib/daemon/container.ts";
import { createControl } from "../../lib/daemon/control.ts";
import { openLogFile } from "../../lib/daemon/log_file.ts";
import { lastLines } from "../../lib/daemon/log_lines.ts";
import { toLogLine } from "../../lib/daemon/child.ts";
import { claimRun, listRuns, readRun, type Run } from "../../lib/daemon/run_file.ts";
import { assert, assertEquals, assertStringIncludes } from "../support/assert.ts";

const RUN: Run = {
  instance: "one",
  pid: Deno.pid,
  pidSpace: null,
  url: "http://127.0.0.1:9211",
  port: 9211,
  startedAt: 0,
  version: "0.0.0",
  token: "a-token",
  database: "x.db",
  log: null,
  args: [],
};

async function inFolder(work: (folder: string) => void | Promise<void>) {
  const folder = await Deno.makeTempDir({ prefix: "syntrack-run-" });
  try {
    await work(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("a claimed run file is private, alive, and gone once it is released", () =>
  inFolder(async (folder) => {
    const own = join(folder, "run");
    const claimed = await claimRun(own, RUN);
    assertEquals(readRun(own, 9211), { run: RUN, alive: true });
    if (Deno.build.os !== "windows") {
      assertEquals([own, join(own, "9211.json")].map((path) => (Deno.statSync(path).mode ?? 0) & 0o777), [
        0o700,
        0o600,
      ]);
    }
    claimed?.release();
    assertEquals([...Deno.readDirSync(own)], []);
  }));

Deno.test("a leftover run file is not alive even if a process has its id, and the next server replaces it", () =>
  inFolder(async (folder) => {
    // This very process lives and has the id in the file.
    Deno.writeTextFileSync(join(folder, "9211.json"), JSON.stringify(RUN));
    Deno.writeTextFileSync(join(folder, "9300.json"), JSON.stringify({ ...RUN, port: 9300 }));
    Deno.writeTextFileSync(join(folder, "9211.lock"), "");
    assertEquals(readRun(folder, 9211)?.alive, false);
    const claimed = await claimRun(folder, { ...RUN, instance: "two" });
    assertEquals([claimed?.leftBehind?.instance, readRun(folder, 9211)?.run.instance], ["one", "two"]);
    assertEquals(listRuns(folder).map(({ run, alive }) => [run.port, alive]), [[9211, true]]);
    claimed?.release();
  }));

Deno.test("of two servers on one port only one holds the run file", () =>
  inFolder(async (folder) => {
    const first = await claimRun(folder, RUN);
    assertEquals(await claimRun(folder, { ...RUN, instance: "two" }), null);
    assertEquals(readRun(folder, 9211)?.run.instance, "one");
    first?.release();
    const second = await claimRun(folder, { ...RUN, instance: "two" });
    assertEquals(second?.leftBehind, null);
    second?.release();
  }));

Deno.test("an invalid run file counts as none", () =>
  inFolder((folder) => {
    for (const text of ["", "{", "[]", "null", '{"instance":1}', JSON.stringify({ ...RUN, pid: "1" })]) {
      Deno.writeTextFileSync(join(folder, "9211.json"), text);
      assertEquals(readRun(folder, 9211), null);
    }
    assertEquals(listRuns(join(folder, "absent")), []);
  }));

Deno.test("the control route stops only with the token, and leaves every other path to the pages", async () => {
  let stops = 0;
  const control = createControl(RUN, () => stops++);
  const ask = (path: string, method: string, token?: string) =>
    control(
      new Request(`http://127.0.0.1:9211${path}`, {
        method,
        headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
      }),
    );
  assertEquals(ask("/", "GET", RUN.token), null);
  assertEquals(ask("/api/control/stop", "GET", RUN.token)?.status, 405);
  for (const token of [undefined, "", "a-toke", "a-tokem"]) {
    assertEquals(ask("/api/control/stop", "POST", token)?.status, 401);
  }
  assertEquals(stops, 0);
  const { promise, resolve } = Promise.withResolvers<void>();
  const granted = createControl(RUN, resolve)(
    new Request("http://127.0.0.1:9211/api/control/stop", {
      method: "POST",
      headers: { authorization: `Bearer ${RUN.token}` },
    }),
  );
  assertEquals([granted?.status, await granted?.json()], [202, { instance: "one", stopping: true }]);
  await promise;
});

Deno.test("the log is rotated by size, five older files are kept, and its last lines span them", () =>
  inFolder((folder) => {
    const path = join(folder, "logs", "syntrack.log");
    const write = openLogFile(path, { maxBytes: 100, keep: 5 });
    for (let line = 0; line < 100; line++) write(`line ${String(line).padStart(3, "0")}`);
    const names = [...Deno.readDirSync(join(folder, "logs"))].map(({ name }) => name).toSorted();
    assertEquals(names, ["", ".1", ".2", ".3", ".4", ".5"].map((suffix) => `syntrack.log${suffix}`));
    for (const name of names) assert(Deno.statSync(join(folder, "logs", name)).size <= 100, name);
    assertEquals(lastLines(path, 15), Array.from({ length: 15 }, (_, at) => `line 0${85 + at}`));
    assertEquals(lastLines(path, 1000).length > 50, true);
    if (Deno.build.os === "windows") return;
    assertEquals((Deno.statSync(path).mode ?? 0) & 0o777, 0o600);
    assertEquals((Deno.statSync(join(folder, "logs")).mode ?? 0) & 0o777, 0o700);
    // The file is moved away: new lines go to a new one.
    Deno.renameSync(path, `${path}.old`);
    write("afterwards");
    assertEquals(Deno.readTextFileSync(path), "afterwards\n");
  }));

Deno.test("messages for people become lines of the log, and lines of the log stay unchanged", () => {
  const at = Date.UTC(2026, 10, 21);
  const own = "2026-11-21T00:00:00.000Z warn  Poll failed account=acme/work";
  assertEquals(toLogLine(own, at, "text"), own);
  assertEquals(
    toLogLine("syntrack: Port 1 is in use", at, "text"),
    "2026-11-21T00:00:00.000Z error Port 1 is in use",
  );
  assertEquals(JSON.parse(toLogLine("Watching 2 accounts", at, "json")), {
    time: "2026-11-21T00:00:00.000Z",
    level: "info",
    message: "Watching 2 accounts",
  });
});

Deno.test("a container is detected by its variables, its first process or its mark, and this can be overridden", () => {
  const none = { env: {}, pid: 100, exists: () => false };
  assertEquals(containerSign(none), null);
  assertStringIncludes(containerSign({ ...none, env: { DOCKER_CONTAINER: "1" } }) ?? "", "DOCKER_CONTAINER");
  assertStringIncludes(
    containerSign({ ...none, env: { KUBERNETES_SERVICE_HOST: "10.0.0.1" } }) ?? "",
    "KUBERNETES",
  );
  assertStringIncludes(containerSign({ ...none, pid: 1 }) ?? "", "process 1");
  assertStringIncludes(
    containerSign({ ...none, exists: (path) => path === "/.dockerenv" }) ?? "",
    ".dockerenv",
  );
  assertEquals(containerSign({ env: { DOCKER_CONTAINER: "0" }, pid: 1, exists: () => true }), null);
});
