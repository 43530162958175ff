/**
 * Changes one operator or constant at a time and checks whether the tests notice. A survivor is a line that
 * no test covers, or a change that makes no difference.
 *
 *     deno task mutate [--sample 300] [--seed 1] [--jobs 2] [--timeout 60] [--slow 20] [--nearest] [--most 10] [path ...]
 *
 * Paths are folders and files, by default the engine. Without `--sample` it tries every mutant, which takes
 * hours; an interrupted run continues where it stopped, from the results in `--results`
 * (dist/mutants.ndjson). It skips test files that take longer than `--slow` seconds, and with
 * `--nearest` those of other rooms, which is faster and overstates the survivors. `--most 10` fails when
 * more than 10 % survive. It changes nothing in the project itself.
 */
import { parseArgs } from "node:util";
import { projectSources } from "../tests/support/sources.ts";
import { type Mutant, mutantsOf } from "./mutate/mutants.ts";
import { isInRoom, relate, type Related } from "./mutate/related.ts";
import { idOf, openResults, type Outcome } from "./mutate/results.ts";
import { sampleOf } from "./mutate/sample.ts";
import { openWorkshop, type TestTime, type Workshop } from "./mutate/workshop.ts";

/** Where figures and verdicts are computed. Missing paths are ignored. */
const ENGINE: readonly string[] = [
  "lib/read/",
  "lib/cli/commands/guard.ts",
  "lib/cli/guard_args.ts",
  "lib/formats/guard.ts",
  "lib/model/",
  "lib/poll/",
];
const PATIENCE = 6;
const MIN_PATIENCE_MS = 5000;

const { values, positionals } = parseArgs({
  args: Deno.args,
  allowPositionals: true,
  options: {
    sample: { type: "string" },
    seed: { type: "string", default: "1" },
    jobs: { type: "string", default: String(Math.min(navigator.hardwareConcurrency, 8)) },
    timeout: { type: "string", default: "60" },
    slow: { type: "string", default: "20" },
    nearest: { type: "boolean", default: false },
    most: { type: "string", default: "100" },
    results: { type: "string", default: "dist/mutants.ndjson" },
  },
});
const seed = number("seed", values.seed);
const jobs = Math.max(1, number("jobs", values.jobs));
const mostMs = number("timeout", values.timeout) * 1000;
const slowMs = number("slow", values.slow) * 1000;
const most = number("most", values.most);

const sources = await projectSources();
const texts = new Map(sources.map(({ path, text }) => [path, text]));
const relatedOf = relate(sources);
const wanted = positionals.length > 0 ? positionals : ENGINE;
const targets = sources.filter(({ path }) =>
  isWanted(path) && !path.startsWith("tests/") && path.endsWith(".ts")
);
if (targets.length === 0) {
  console.error(`Nothing to change in ${wanted.join(", ")}: name folders and files of the project`);
  Deno.exit(2);
}

const all = targets.flatMap(({ path, text }) => mutantsOf(path, text));
const size = values.sample === undefined ? all.length : number("sample", values.sample);
// Sorted by file, so that the times of its tests are measured once and reused.
const chosen = sampleOf(all, size, seed).toSorted((a, b) =>
  a.path < b.path ? -1 : a.path > b.path ? 1 : a.at - b.at
);
const results = openResults(values.results);
const outcomes = new Map<Mutant, Outcome>();
const queue: { readonly mutant: Mutant; readonly id: string; readonly related: Related }[] = [];
for (const mutant of chosen) {
  const related = relatedOf(mutant.path);
  const tests = [...related.near, ...related.far].map((path) => texts.get(path) ?? "");
  const id = idOf(mutant, texts.get(mutant.path) ?? "", tests);
  const known = results.get(id);
  if (known) outcomes.set(mutant, known);
  else queue.push({ mutant, id, related });
}
console.log(
  `${all.length} mutants in ${targets.length} files, ${chosen.length} chosen, ${queue.length} to try`,
);

let tried = 0;
const measured = new Map<string, TestTime>();
await Promise.all(Array.from({ length: Math.min(jobs, queue.length) }, work));
report();

/** Takes mutants from the queue, working in its own copy of the project. */
async function work(): Promise<void> {
  await using workshop = await openWorkshop();
  for (let next = queue.shift(); next; next = queue.shift()) {
    const { mutant, id, related } = next;
    const outcome = await ask(workshop, mutant, related);
    outcomes.set(mutant, outcome);
    results.add(id, mutant, outcome);
    if (++tried % 25 === 0) console.log(`${tried} tried, ${queue.length} to go`);
  }
}

/** Runs the near tests first: they kill most mutants, so the others rarely need to run. */
async function ask(workshop: Workshop, mutant: Mutant, { near, far }: Related): Promise<Outcome> {
  const others = values.nearest ? far.filter((test) => isInRoom(test, mutant.path)) : far;
  for (const tests of [near, others]) {
    const able = await ableOf(workshop, tests);
    if (able.tests.length === 0) continue;
    const outcome = await workshop.try(mutant, able.tests, patience(able.ms));
    if (outcome !== "survived") return outcome;
  }
  return "survived";
}

/** Leaves out tests that fail unchanged or are slow, and returns how long the rest takes. */
async function ableOf(
  workshop: Workshop,
  tests: readonly string[],
): Promise<{ readonly tests: readonly string[]; readonly ms: number }> {
  const able: string[] = [];
  let total = 0;
  for (const test of tests) {
    const { ms, passes } = measured.get(test) ?? await workshop.measure(test);
    if (!measured.has(test)) {
      measured.set(test, { ms, passes });
      if (!passes) console.error(`Fails as it is, so it is not asked: ${test}`);
      else if (ms > slowMs) console.error(`Takes ${Math.round(ms / 1000)} s, so it is not asked: ${test}`);
    }
    if (!passes || ms > slowMs) continue;
    able.push(test);
    total += ms;
  }
  return { tests: able, ms: total };
}

/** Tests that take this much longer than before are in an endless loop. */
function patience(ms: number): number {
  return Math.min(mostMs, Math.max(MIN_PATIENCE_MS, ms * PATIENCE));
}

function report(): void {
  const survivors = chosen.filter((mutant) => outcomes.get(mutant) === "survived");
  for (const { path, line, column, from, to } of survivors) {
    const text = texts.get(path)?.split("\n")[line - 1]?.trim() ?? "";
    console.log(`${path}:${line}:${column}  ${from} -> ${to === "" ? "nothing" : to}  ${text}`);
  }
  const late = chosen.filter((mutant) => outcomes.get(mutant) === "late").length;
  const share = chosen.length === 0 ? 0 : survivors.length / chosen.length * 100;
  console.log(
    `${survivors.length} of ${chosen.length} survived (${
      share.toFixed(1)
    } %), ${late} were ended by the clock`,
  );
  Deno.exit(share > most ? 1 : 0);
}

function isWanted(path: string): boolean {
  return wanted.some((one) => path === one || path.startsWith(one.endsWith("/") ? one : `${one}/`));
}

function number(name: string, text: string): number {
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text);
  console.error(`--${name} ${text} is no number`);
  Deno.exit(2);
}
