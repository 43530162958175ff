/** A copy of the project in which sources are mutated one after another and their tests run. */
import { dirname, join } from "node:path";
import { projectFiles, ROOT } from "../../tests/support/sources.ts";
import { applyMutant, type Mutant } from "./mutants.ts";
import type { Outcome } from "./results.ts";

export interface Workshop extends AsyncDisposable {
  /**
   * Measures how long one test file takes unchanged, and whether it passes: otherwise it cannot judge
   * mutants. It is ended after `limitMs`.
   */
  measure(test: string, limitMs: number): Promise<TestTime>;
  /** Applies mutants of different files, runs tests, and restores the sources. */
  try(mutants: readonly Mutant[], tests: readonly string[], limitMs: number): Promise<Outcome>;
}

export interface TestTime {
  readonly ms: number;
  /** False also for a file that was ended. */
  readonly passes: boolean;
}

type Ran = "passed" | "failed" | "late";

export async function openWorkshop(root: string = ROOT): Promise<Workshop> {
  const folder = await Deno.makeTempDir({ prefix: "syntrack-mutate-" });
  // Some tests run as an unprivileged user, who has to read their files.
  if (Deno.build.os !== "windows") await Deno.chmod(folder, 0o755);
  for (const path of root === ROOT ? await projectFiles() : await filesIn(root)) {
    const target = join(folder, path);
    await Deno.mkdir(dirname(target), { recursive: true });
    await Deno.copyFile(join(root, path), target);
  }

  const preload = root === ROOT ? ["--preload", "dev/mutate/no_shrinking.ts"] : [];

  async function run(
    tests: readonly string[],
    maxMs: number,
    ...flags: readonly string[]
  ): Promise<{ readonly ran: Ran; readonly output: string }> {
    if (tests.length === 0) return { ran: "passed", output: "" };
    const temporary = await Deno.makeTempDir({ dir: folder, prefix: "tmp-" });
    if (Deno.build.os !== "windows") await Deno.chmod(temporary, 0o1777);
    const child = new Deno.Command(Deno.execPath(), {
      args: ["test", "-A", "--no-check", "--quiet", ...preload, ...flags, ...tests],
      cwd: folder,
      // Files left by interrupted tests disappear with this folder.
      env: { NO_COLOR: "1", TMPDIR: temporary },
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      try {
        child.kill("SIGKILL");
      } catch {
        // It has just ended, and its output is still unread.
        late = false;
      }
    }, maxMs);
    try {
      const { success, stdout, stderr } = await child.output();
      const text = new TextDecoder();
      return {
        ran: late ? "late" : success ? "passed" : "failed",
        output: text.decode(stdout) + text.decode(stderr),
      };
    } finally {
      clearTimeout(timer);
      await Deno.remove(temporary, { recursive: true }).catch(() => {});
    }
  }

  return {
    async measure(test, limitMs) {
      const began = performance.now();
      const { ran, output } = await run([test], limitMs);
      if (ran === "failed" && !output.includes(`./${test}:`)) {
        throw new Error(`The tests cannot be run as they are:\n${output.slice(-2000)}`);
      }
      return { ms: performance.now() - began, passes: ran === "passed" };
    },
    async try(mutants, tests, limitMs) {
      const sources = new Map<string, string>();
      for (const { path } of mutants) {
        if (sources.has(path)) throw new Error(`Two changes of one file at once: ${path}`);
        sources.set(path, await Deno.readTextFile(join(folder, path)));
      }
      try {
        for (const mutant of mutants) {
          await Deno.writeTextFile(join(folder, mutant.path), applyMutant(sources.get(mutant.path)!, mutant));
        }
        const { ran } = await run(tests, limitMs, "--fail-fast");
        return ran === "passed" ? "survived" : ran === "late" ? "late" : "killed";
      } finally {
        for (const [path, source] of sources) await Deno.writeTextFile(join(folder, path), source);
      }
    },
    [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }),
  };
}

async function filesIn(root: string, below = ""): Promise<readonly string[]> {
  const paths: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(join(root, below))) {
    const path = join(below, name);
    if (isDirectory) paths.push(...await filesIn(root, path));
    else paths.push(path);
  }
  return paths;
}
