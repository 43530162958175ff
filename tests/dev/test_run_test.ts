import { join } from "node:path";
import { countResults, runTests } from "../../dev/test_run.ts";
import { assertEquals, assertStringIncludes } from "../support/assert.ts";

/** Runs test files, and interrupts them once their output contains a text. */
async function run(files: Readonly<Record<string, string>>, { stallAt }: { stallAt?: string } = {}) {
  const folder = await Deno.makeTempDir();
  try {
    for (const [name, text] of Object.entries(files)) await Deno.writeTextFile(join(folder, name), text);
    let shown = "";
    let stall = () => {};
    const decoder = new TextDecoder();
    const counts = await runTests({
      command: new Deno.Command(Deno.execPath(), {
        args: ["test", "-A", "--no-check", "--parallel", "."],
        cwd: folder,
        stdout: "piped",
        stderr: "piped",
      }),
      output: {
        write(bytes) {
          const wasStalled = stallAt !== undefined && shown.includes(stallAt);
          shown += decoder.decode(bytes, { stream: true });
          if (stallAt !== undefined && !wasStalled && shown.includes(stallAt)) stall();
          return Promise.resolve(bytes.length);
        },
      },
      watchProgress(onStall) {
        stall = onStall;
        return { ended() {}, stop() {} };
      },
    });
    return { counts, shown };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const FINE = 'Deno.test("fine", () => {});\n';

Deno.test("a run counts what passed, failed and was skipped", async () => {
  const { counts } = await run({
    "a_test.ts": `${FINE}Deno.test("not fine", () => { throw new Error("no"); });`,
    "b_test.ts": `Deno.test({ name: "not here", ignore: true, fn() {} });`,
  });
  assertEquals(counts, { passed: 1, failed: 1, skipped: 1, repeated: [] });
});

Deno.test("a test that hangs ends the run, is named, and counts as failed beside the others", async () => {
  const { counts, shown } = await run({
    // The runtime names only tests that have begun.
    "a_test.ts": `${FINE}Deno.test("never ends", () => {
      setInterval(() => {}, 1000);
      console.log("has begun");
      return new Promise(() => {});
    });`,
  }, { stallAt: "has begun" });
  assertEquals(counts, { passed: 1, failed: 1, skipped: 0, repeated: [] });
  assertStringIncludes(shown, "never ends");
});

Deno.test("a test that may be attempted twice fails if it fails twice, and is listed if it does not", async () => {
  const { counts } = await run({
    "a_test.ts": `import { attemptTwice } from "${new URL("../../dev/test_run.ts", import.meta.url)}";
    let times = 0;
    const failUntil = (last) => () => ++times < last ? Promise.reject(new Error("too early\\nat all")) : Promise.resolve();
    Deno.test("late", () => attemptTwice("late", failUntil(2)));
    Deno.test("never", () => attemptTwice("never", failUntil(9)));
    Deno.test("at once", () => attemptTwice("at once", () => Promise.resolve()));`,
  });
  assertEquals(counts, {
    passed: 2,
    failed: 1,
    skipped: 0,
    repeated: ["late (too early)", "never (too early)"],
  });
});

Deno.test("a run that failed without a failed test, or ended without a summary, counts as failed", () => {
  assertEquals(countResults("ok | 7 passed (2 steps) | 0 failed | 3 ignored (1s)", false), {
    passed: 7,
    failed: 1,
    skipped: 3,
  });
  assertEquals(countResults("error: Module not found", false), { passed: 0, failed: 1, skipped: 0 });
});
