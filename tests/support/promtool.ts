/**
 * Prometheus' own checker, `promtool` from Debian's package `prometheus`. If it is missing, the tests that
 * need it are reported as ignored, with the reason in their name.
 */
import { assertEquals } from "./assert.ts";

export interface Ran {
  readonly code: number;
  /** Its output on both streams. */
  readonly output: string;
}

/** Runs it with `input` on standard input, for at most two minutes. */
export async function promtool(args: readonly string[], input = "", cwd?: string): Promise<Ran> {
  const child = new Deno.Command("promtool", {
    args: [...args],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
    signal: AbortSignal.timeout(120_000),
    ...cwd === undefined ? {} : { cwd },
  }).spawn();
  const written = new Blob([input]).stream().pipeTo(child.stdin);
  const { code, stdout, stderr } = await child.output();
  await written.catch(() => {});
  const text = new TextDecoder();
  return { code, output: text.decode(stdout) + text.decode(stderr) };
}

/** Runs it; it must succeed and, for metrics, give no advice. */
export async function assertPromtool(args: readonly string[], input = ""): Promise<void> {
  const { code, output } = await promtool(args, input);
  assertEquals({ code, output: args[1] === "metrics" ? output : "" }, { code: 0, output: "" }, output);
}

export function promtoolTest(name: string, fn: () => Promise<void>): void {
  Deno.test({
    name: present() ? name : `${name} (ignored: no promtool found, see Debian's package prometheus)`,
    ignore: !present(),
    fn,
  });
}

let found: boolean | undefined;

function present(): boolean {
  if (found === undefined) {
    try {
      found = new Deno.Command("promtool", { args: ["--version"], stdout: "null", stderr: "null" })
        .outputSync().success;
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
      found = false;
    }
  }
  return found;
}
