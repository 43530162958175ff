/** The program on older runtimes: its types, and its stores. */
import { BETWEEN, OLDEST, runOld, runtimeTest } from "./support/old_runtimes.ts";
import { assertEquals } from "./support/assert.ts";

const CONTRACT = ["tests/store/sqlite_test.ts"];
/** Opening, copying and vacuuming need other functions there. */
const FILES = ["tests/store/sqlite_open_test.ts", "tests/store/sqlite_maintenance_test.ts"];
/** On the host it is the key-value store, with its own notifications and refusals. */
const HOSTED = [
  "tests/store/kv_test.ts",
  "tests/app/hosted/live_watch_test.ts",
  "tests/app/hosted/store_faults_test.ts",
];

for (const [version, files] of [[OLDEST, [...CONTRACT, ...FILES, ...HOSTED]], [BETWEEN, CONTRACT]] as const) {
  runtimeTest(version, `the store passes its tests on Deno ${version}`, async (path) => {
    const { code, text } = await runOld(path, [
      "test",
      "-A",
      "--no-check",
      "--cached-only",
      "--no-lock",
      "--preload=tests/support/old_runtime.ts",
      "--reporter=dot",
      ...files,
    ]);
    assertEquals([code, /(\d+) passed \| 0 failed/.test(text)], [0, true], text);
  });
}

runtimeTest(OLDEST, `the web application has sound types on Deno ${OLDEST}`, async (path) => {
  const { code, text } = await runOld(path, ["check", "--no-lock", "main.ts", "deploy/deno_deploy/main.ts"]);
  assertEquals(code, 0, text);
});
