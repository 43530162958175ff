/** Runs `deno test`, passes its output through, counts the results, and ends a run in which a test hangs. */
import { explainError } from "../lib/base/text.ts";

export interface TestCounts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

export interface TestRun extends TestCounts {
  /** What was printed of each test that failed once and was run again. */
  readonly repeated: readonly string[];
}

/** Begins the line that a test prints before it is run again. */
const SECOND_ATTEMPT = "Second attempt: ";

/** Runs a test that depends on another program's timing, such as a browser's, once more if it fails, and says so. */
export async function attemptTwice(name: string, attempt: () => Promise<void>): Promise<void> {
  try {
    await attempt();
  } catch (error) {
    const [reason] = explainError(error).split("\n");
    console.log(`${SECOND_ATTEMPT}${name} (${reason})`);
    await attempt();
  }
}

export interface TestRunParts {
  /** Both of its streams are piped. */
  readonly command: Deno.Command;
  readonly output: { write(bytes: Uint8Array): Promise<number> };
  /**
   * Starts to measure the time in which no test ends, and returns what starts that anew.
   *
   * @param onStall called when it has taken too long
   */
  readonly watchProgress: (onStall: () => void) => { ended(): void; stop(): void };
}

/** Deno's own summary at the end. */
const SUMMARY = /(\d+) passed(?: \(\d+ steps?\))? \| (\d+) failed(?: \(\d+ steps?\))?(?: \| (\d+) ignored)?/g;
const TEST_ENDED = /\.\.\. (ok|FAILED|ignored)\b/g;
/** A runtime that does not react to its signal is killed. A busy one needs a while to name the tests that have not ended. */
const KILL_MS = 30_000;

/**
 * Runs the tests to their end. One that hangs makes the runtime wait forever, without its summary and with no word on
 * the others: it is then interrupted, for which it names the tests that have not ended, and these count as failed.
 *
 * @returns at least one failure unless every test has passed or was skipped
 */
export async function runTests({ command, output, watchProgress }: TestRunParts): Promise<TestRun> {
  const child = command.spawn();
  const stalled = Promise.withResolvers<void>();
  let isStalled = false;
  let kill: ReturnType<typeof setTimeout> | undefined;
  const end = (signal: Deno.Signal) => {
    try {
      child.kill(signal);
    } catch {
      // It has ended, and something that it had started has its streams.
    }
  };
  const progress = watchProgress(() => {
    isStalled = true;
    end("SIGINT");
    kill = setTimeout(() => {
      end("SIGKILL");
      stalled.resolve();
    }, KILL_MS);
  });
  let text = "";
  const forward = async (stream: ReadableStream<Uint8Array>) => {
    const decoder = new TextDecoder();
    for await (const chunk of stream) {
      const added = removeColours(decoder.decode(chunk, { stream: true }));
      text += added;
      if (added.search(TEST_ENDED) >= 0) progress.ended();
      for (let at = 0; at < chunk.length;) at += await output.write(chunk.subarray(at));
    }
  };
  const forwarded = Promise.all([forward(child.stdout), forward(child.stderr)]);
  // What tests have started may outlive them, with the streams open.
  await Promise.race([forwarded, stalled.promise]);
  clearTimeout(kill);
  progress.stop();
  const { success } = await child.status;
  const repeated = text.split(SECOND_ATTEMPT).slice(1).map((rest) => rest.split("\n", 1)[0]!);
  return { ...countResults(text, success && !isStalled), repeated };
}

/** Counts the results in the output of `deno test`, by its summary or, without one, test by test. */
export function countResults(text: string, success: boolean): TestCounts {
  const summary = [...text.matchAll(SUMMARY)].at(-1);
  if (summary) {
    const failed = Number(summary[2]);
    return {
      passed: Number(summary[1]),
      failed: success ? failed : Math.max(1, failed),
      skipped: Number(summary[3] ?? 0),
    };
  }
  const ended = Map.groupBy(text.matchAll(TEST_ENDED), ([, result]) => result);
  const count = (result: string) => ended.get(result)?.length ?? 0;
  const pending = /tests were pending:\s*\n((?:.+ => .+\n?)+)/.exec(text)?.[1]?.trim().split("\n").length ??
    0;
  return {
    passed: count("ok"),
    failed: Math.max(1, count("FAILED") + pending),
    skipped: count("ignored"),
  };
}

function removeColours(text: string): string {
  // deno-lint-ignore no-control-regex
  return text.replace(/\x1b\[[0-9;]*m/g, "");
}
