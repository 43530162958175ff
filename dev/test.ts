/**
 * Runs every check: format, lint and types, the last beside the tests. Ends with one line of counts, in which each of the
 * three checks counts as one. Test files run in parallel without another type check, one process more than there are
 * cores: many of them wait for a browser or another process. `DENO_JOBS` sets another number.
 *
 *     deno run -A dev/test.ts [--quick] [arguments of `deno test`]
 *
 * `--quick` skips the browser tests.
 */
import { join } from "node:path";
import { ensureBuilt } from "./build.ts";
import { writeExamples } from "./examples.ts";
import { runTests } from "./test_run.ts";
import { findTests, groupTests, writeGroups } from "./test_groups.ts";

const ROOT = new URL("../", import.meta.url);
/** No test takes half as long, even on a slow and busy machine. */
const STALL_MS = 10 * 60_000;

const quick = Deno.args.includes("--quick");
const rest = Deno.args.filter((argument) => argument !== "--quick");

const count = { passed: 0, failed: 0, skipped: 0 };

// A check of the examples of CONTRIBUTING.md alone would take a third of that of everything.
const examples = await Deno.makeTempDir({ prefix: "syntrack-examples-" });
const exampleFiles = await writeExamples(examples);
// The type checker uses one core and takes most of a minute, the build another; tests need the build.
const types = check("types", ["check", "--config=deno.json", ".", ...exampleFiles]);
await Promise.all([ensureBuilt(), check("format", ["fmt", "--check"]), check("lint", ["lint"])]);
await Promise.all([types, runTestFiles()]);
await Deno.remove(examples, { recursive: true });

console.log(`${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped`);
Deno.exit(count.failed === 0 ? 0 : 1);

/** Runs one check and shows its output only when it fails. */
async function check(name: string, args: readonly string[]): Promise<void> {
  const began = performance.now();
  const { success, stdout, stderr } = await createDeno(args, "piped").output();
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  console.log(`${success ? "ok" : "FAILED"}  ${name} (${seconds} s)`);
  if (success) count.passed++;
  else {
    count.failed++;
    await Deno.stdout.write(stdout);
    await Deno.stderr.write(stderr);
  }
}

/** Runs the tests, passing their output through and counting the results. */
async function runTestFiles(): Promise<void> {
  const isWanted = (path: string) => !quick || !path.startsWith("tests/browser/");
  const folder = await Deno.makeTempDir({ prefix: "syntrack-tests-" });
  const shared = join(folder, "shared");
  await Deno.mkdir(shared);
  const groups = await writeGroups(ROOT, folder, groupTests((await findTests(ROOT)).filter(isWanted)));
  const args = ["test", "-A", "--no-check", "--parallel", "--config=deno.json", ...rest, ...groups];
  const jobs = Deno.env.get("DENO_JOBS") ?? String(navigator.hardwareConcurrency + 1);
  const command = createDeno(args, "piped", {
    DENO_JOBS: jobs,
    SYNTRACK_TEST_CHECKED_EXAMPLES: exampleFiles.join("\n"),
    // What several groups make alike.
    SYNTRACK_TEST_SHARED: shared,
  });
  const { passed, failed, skipped, repeated } = await runTests({
    command,
    output: Deno.stdout,
    watchProgress,
  });
  await Deno.remove(folder, { recursive: true });
  count.passed += passed;
  count.failed += failed;
  count.skipped += skipped;
  if (repeated.length > 0) {
    console.log(
      "Failed once, then run again:",
      ...repeated.map((one) => `\n  ${one}`),
    );
  }
}

function watchProgress(onStall: () => void): { ended(): void; stop(): void } {
  const endStalled = () => {
    console.log(`No test has ended for ${STALL_MS / 60_000} minutes: the run is ended`);
    onStall();
  };
  let timer = setTimeout(endStalled, STALL_MS);
  const stop = () => clearTimeout(timer);
  return {
    stop,
    ended() {
      stop();
      timer = setTimeout(endStalled, STALL_MS);
    },
  };
}

function createDeno(
  args: readonly string[],
  output: "piped",
  env: Record<string, string> = {},
): Deno.Command {
  return new Deno.Command(Deno.execPath(), {
    args: [...args],
    cwd: ROOT,
    env,
    stdout: output,
    stderr: output,
  });
}
