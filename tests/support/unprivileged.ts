/**
 * Tests of permissions that the system denies. Nothing is denied to root, so if root runs the tests, these run in a
 * separate process as an unprivileged user. None is skipped.
 */
import process from "node:process";
import { fileURLToPath } from "node:url";
import { assertEquals } from "./assert.ts";

/** The user id of `nobody` on most systems; it works without a name too. */
const NOBODY = 65_534;
/** Set in the process that drops its privileges. */
const MARK = "SYNTRACK_TEST_AS_NOBODY";

const windows = Deno.build.os === "windows";

/** Registers a test that runs without root privileges. `file` is the `import.meta.url` of the caller. */
export function unprivilegedTest(name: string, file: string, run: () => Promise<void> | void): void {
  const root = !windows && Deno.uid() === 0;
  Deno.test({
    name,
    // Older runtimes cannot drop privileges.
    ignore: windows || process.seteuid === undefined,
    fn: !root ? run : Deno.env.has(MARK) ? () => asNobody(run) : () => inProcessOfItsOwn(name, file),
  });
}

/** Drops privileges only after everything has loaded: other users may not be able to read the project. */
async function asNobody(run: () => Promise<void> | void): Promise<void> {
  process.seteuid!(NOBODY);
  try {
    await run();
  } finally {
    process.seteuid!(0);
  }
}

/** The user applies to the whole process, and this one runs other tests at the same time. */
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
