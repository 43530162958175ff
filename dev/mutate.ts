/**
 * Changes one operator or constant at a time and asks the tests whether they notice. What survives is a line that no
 * test holds, or one whose change makes no difference.
 *
 *     deno task mutate [--sample 300] [--seed 1] [--jobs 2] [--timeout 60] [--most 10] [path ...]
 *
 * Paths are folders and files, by default the engine. Without `--sample` all is changed, which takes hours; a run that
 * was ended goes on where it was, since what is known stands in `--results` (dist/mutants.ndjson). `--most 10` fails
 * where more than 10 % survive. Nothing in the project itself is touched.
 */
import { parseArgs } from "node:util";
import { projectSources } from "../tests/support/sources.ts";
import { type Mutant, mutantsOf } from "./mutate/mutants.ts";
import { relate, type Related } from "./mutate/related.ts";
import { idOf, openResults, type Outcome } from "./mutate/results.ts";
import { sampleOf } from "./mutate/sample.ts";
import { type Limits, openWorkshop, type Workshop } from "./mutate/workshop.ts";

/** Where numbers and verdicts are made. What is not there any more is passed over. */
const ENGINE: readonly string[] = [
  "lib/read/",
  "lib/read/analysis.ts",
  "lib/cli/commands/guard.ts",
  "lib/cli/guard_args.ts",
  "lib/formats/guard.ts",
  "lib/model/",
  "lib/poll/",
];
/** Tests that take so much longer than they did are in a loop. */
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
    most: { type: "string", default: "100" },
    results: { type: "string", default: "dist/mutants.ndjson" },
  },
});
const seed = number("seed", values.seed);
const jobs = Math.max(1, number("jobs", values.jobs));
const mostMs = number("timeout", values.timeout) * 1000;
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
// By file, so that what the tests of a file take is measured once and then used.
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
await Promise.all(Array.from({ length: Math.min(jobs, queue.length) }, work));
report();

/** Takes one after the other from the queue, in a copy of its own. */
async function work(): Promise<void> {
  await using workshop = await openWorkshop();
  const able = new Map<string, CapableTests>();
  for (let next = queue.shift(); next; next = queue.shift()) {
    const { mutant, id, related } = next;
    const { tests, limits } = able.get(mutant.path) ?? await ableTo(workshop, related);
    able.set(mutant.path, { tests, limits });
    const outcome = await workshop.try(mutant, tests, limits);
    outcomes.set(mutant, outcome);
    results.add(id, mutant, outcome);
    if (++tried % 25 === 0) console.log(`${tried} tried, ${queue.length} to go`);
  }
}

interface CapableTests {
  readonly tests: Related;
  readonly limits: Limits;
}

/** Leaves out what fails without any change, and gives the rest as long as it took, many times over. */
async function ableTo(workshop: Workshop, related: Related): Promise<CapableTests> {
  const [near, far] = [await workshop.measure(related.near), await workshop.measure(related.far)];
  const failing = [...near.failing, ...far.failing];
  if (failing.length > 0) console.error(`Fails as it is, so it is not asked: ${failing.join(", ")}`);
  const passing = (tests: readonly string[]) => tests.filter((test) => !failing.includes(test));
  return {
    tests: { near: passing(related.near), far: passing(related.far) },
    limits: { nearMs: patience(near.ms), farMs: patience(far.ms) },
  };
}

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
