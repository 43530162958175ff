/**
 * Tests of what the system refuses. Root is refused nothing, so where root runs the tests these run in a process of
 * their own as somebody who may do nothing special: none is left out.
 */
import process from "node:process";
import { fileURLToPath } from "node:url";
import { assertEquals } from "./assert.ts";

/** The user called `nobody` nearly everywhere; no name is needed for it to work. */
const NOBODY = 65_534;
/** Set in the process that gives its rights up. */
const MARK = "SYNTRACK_TEST_AS_NOBODY";

const windows = Deno.build.os === "windows";

/** Registers a test that runs without the rights of root. `file` is the `import.meta.url` of the caller. */
export function unprivilegedTest(name: string, file: string, run: () => Promise<void> | void): void {
  const root = !windows && Deno.uid() === 0;
  Deno.test({
    name,
    // Older runtimes cannot give rights up.
    ignore: windows || process.seteuid === undefined,
    fn: !root ? run : Deno.env.has(MARK) ? () => asNobody(run) : () => inProcessOfItsOwn(name, file),
  });
}

/** Root is given up only after everything was loaded: others may not be allowed to read the project. */
async function asNobody(run: () => Promise<void> | void): Promise<void> {
  process.seteuid!(NOBODY);
  try {
    await run();
  } finally {
    process.seteuid!(0);
  }
}

/** Users belong to whole processes, and this one runs other tests meanwhile. */
async function inProcessOfItsOwn(name: string, file: string): Promise<void> {
  const only = `/^${name.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&")}$/`;
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["test", "-A", "--no-check", "--filter", only, fileURLToPath(file)],
    cwd: fileURLToPath(new URL("../../", import.meta.url)),
    env: { [MARK]: "1", NO_COLOR: "1" },
    stdout: "piped",
    stderr: "piped",
  }).output();
  const text = new TextDecoder();
  const told = text.decode(stdout) + text.decode(stderr);
  assertEquals([code, / 1 passed .* 0 failed/.test(told)], [0, true], told);
}
