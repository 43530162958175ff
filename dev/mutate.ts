/**
 * Changes one operator or constant at a time and checks whether the tests notice. A survivor is a line that
 * no test covers, or a change that makes no difference.
 *
 *     deno task mutate [--sample 300] [--seed 1] [--jobs 2] [--timeout 60] [--slow 20] [--nearest] [--most 10] [path ...]
 *
 * Paths are folders and files, by default the engine. Without `--sample` it tries every mutant, which takes
 * hours; an interrupted run continues where it stopped, from the results in `--results`
 * (dist/mutants.ndjson). It runs the tests of the file first, then those of its room, then all others that
 * load it, the quick ones before the slow ones, and stops at the first that notices. It skips test files
 * that take longer than `--slow` seconds, and with `--nearest` those of other rooms, which is faster and
 * overstates the survivors. Changes that make no difference are listed in mutate/equivalent.ts and not
 * tried. `--most 10` fails when more than 10 % survive. It changes nothing in the project itself.
 */
import { parseArgs } from "node:util";
import { projectSources } from "../tests/support/sources.ts";
import { whyEquivalent } from "./mutate/equivalent.ts";
import { type Mutant, mutantsOf } from "./mutate/mutants.ts";
import { relate, type Related } from "./mutate/related.ts";
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
/** Quick tests share a process, as long as together they take no longer than this. */
const BATCH_MS = 5000;

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
const queue: { readonly mutant: Mutant; readonly ids: Ids; readonly related: Related }[] = [];
for (const mutant of chosen) {
  if (whyEquivalent(mutant, texts.get(mutant.path) ?? "")) {
    outcomes.set(mutant, "equivalent");
    continue;
  }
  const related = relatedOf(mutant.path);
  const ids = idsOf(mutant, related);
  const known = results.get(ids.noticed) ?? results.get(ids.survived);
  if (known) outcomes.set(mutant, known);
  else queue.push({ mutant, ids, related });
}
console.log(
  `${all.length} mutants in ${targets.length} files, ${chosen.length} chosen, ${queue.length} to try`,
);

interface AbleTest {
  readonly test: string;
  readonly ms: number;
}

/** Identifies a mutant. */
interface Ids {
  readonly noticed: string;
  readonly survived: string;
}

let tried = 0;
const measured = new Map<string, TestTime>();
await Promise.all(Array.from({ length: Math.min(jobs, queue.length) }, work));
report();

/** Takes mutants from the queue, working in its own copy of the project. */
async function work(): Promise<void> {
  await using workshop = await openWorkshop();
  for (let next = queue.shift(); next; next = queue.shift()) {
    const { mutant, ids, related } = next;
    const outcome = await ask(workshop, mutant, related);
    outcomes.set(mutant, outcome);
    results.add(outcome === "survived" ? ids.survived : ids.noticed, mutant, outcome);
    if (outcome === "survived") console.log(describe(mutant));
    if (++tried % 25 === 0) console.log(`${tried} tried, ${queue.length} to go`);
  }
}

/** Runs the near tests first: they kill most mutants, so the others rarely need to run. */
async function ask(workshop: Workshop, mutant: Mutant, { near, room, far }: Related): Promise<Outcome> {
  for (const tests of values.nearest ? [near, room] : [near, room, far]) {
    for (const batch of batchesOf(await ableOf(workshop, tests))) {
      const outcome = await tryTwice(workshop, mutant, batch);
      if (outcome !== "survived") return outcome;
    }
  }
  return "survived";
}

/** On a busy machine tests can be late without a loop, so the clock ends them only at the second, longer try. */
async function tryTwice(workshop: Workshop, mutant: Mutant, batch: readonly AbleTest[]): Promise<Outcome> {
  const tests = batch.map(({ test }) => test);
  const limitMs = patience(batch.reduce((sum, { ms }) => sum + ms, 0));
  const outcome = await workshop.try(mutant, tests, limitMs);
  return outcome === "late" && limitMs < mostMs ? workshop.try(mutant, tests, mostMs) : outcome;
}

/** Leaves out tests that fail unchanged or are slow; the quickest come first. */
async function ableOf(workshop: Workshop, tests: readonly string[]): Promise<readonly AbleTest[]> {
  const able: AbleTest[] = [];
  for (const test of tests) {
    const { ms, passes } = measured.get(test) ?? await workshop.measure(test);
    if (!measured.has(test)) {
      measured.set(test, { ms, passes });
      if (!passes) console.error(`Fails as it is, so it is not run: ${test}`);
      else if (ms > slowMs) console.error(`Takes ${Math.round(ms / 1000)} s, so it is not run: ${test}`);
    }
    if (passes && ms <= slowMs) able.push({ test, ms });
  }
  return able.sort((a, b) => a.ms - b.ms);
}

/** Groups tests that start together, so that a mutant noticed by an early test does not wait for the others. */
function batchesOf(tests: readonly AbleTest[]): readonly (readonly AbleTest[])[] {
  const batches: AbleTest[][] = [];
  let total = Infinity;
  for (const one of tests) {
    if (total + one.ms > BATCH_MS) {
      batches.push([]);
      total = 0;
    }
    batches.at(-1)!.push(one);
    total += one.ms;
  }
  return batches;
}

/** Tests that take this much longer than before are in an endless loop. */
function patience(ms: number): number {
  return Math.min(mostMs, Math.max(MIN_PATIENCE_MS, ms * PATIENCE));
}

function report(): void {
  const having = (wanted: Outcome) => chosen.filter((mutant) => outcomes.get(mutant) === wanted);
  const survivors = having("survived");
  for (const mutant of survivors) console.log(describe(mutant));
  const equivalent = having("equivalent").length;
  const able = chosen.length - equivalent;
  const share = able === 0 ? 0 : survivors.length / able * 100;
  console.log(
    `${survivors.length} of ${able} survived (${share.toFixed(1)} %): ${
      having("killed").length
    } were noticed, ` +
      `${having("late").length} ended by the clock; ${equivalent} more make no difference`,
  );
  Deno.exit(share > most ? 1 : 0);
}

function describe({ path, line, column, from, to }: Mutant): string {
  const text = texts.get(path)?.split("\n")[line - 1]?.trim() ?? "";
  return `${path}:${line}:${column}  ${from} -> ${to === "" ? "nothing" : to}  ${text}`;
}

/** A noticed change stays noticed while its source and nearest tests stay; any new test may notice a survivor. */
function idsOf(mutant: Mutant, { near, room, far }: Related): Ids {
  const source = texts.get(mutant.path) ?? "";
  const contents = (tests: readonly string[]) => tests.map((path) => texts.get(path) ?? "");
  const asked = values.nearest ? [...near, ...room] : [...near, ...room, ...far];
  return {
    noticed: idOf(mutant, source, contents(near)),
    survived: idOf(mutant, source, ["all", ...contents(asked)]),
  };
}

function isWanted(path: string): boolean {
  return wanted.some((one) => path === one || path.startsWith(one.endsWith("/") ? one : `${one}/`));
}

function number(name: string, text: string): number {
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text);
  console.error(`--${name} ${text} is no number`);
  Deno.exit(2);
}
