/**
 * Changes one operator or constant at a time and checks whether the tests notice. A survivor is a line that
 * no test covers, or a change that makes no difference.
 *
 *     deno task mutate [--sample 300] [--seed 1] [--jobs 2] [--timeout 60] [--slow 20] [--nearest] [--most 10] [path ...]
 *
 * Paths are folders and files, by default the engine. Without `--sample` it tries every mutant, which takes
 * hours; an interrupted run continues where it stopped, from the results in `--results`
 * (dist/mutants.ndjson). It runs the tests of the file first, then those of its room, then all others that
 * load it, these two about several mutants at once. It skips test files that take longer than `--slow`
 * seconds, and with `--nearest` those of other rooms, which is faster and overstates the survivors. Changes
 * that make no difference are listed in mutate/equivalent.ts and not tried. `--most 10` fails when more
 * than 10 % survive. It changes nothing in the project itself.
 */
import { parseArgs } from "node:util";
import { projectSources } from "../tests/support/sources.ts";
import { createAsker, groupQuestions, type Question } from "./mutate/ask.ts";
import { whyEquivalent } from "./mutate/equivalent.ts";
import { findMutants, type Mutant } from "./mutate/mutants.ts";
import { relate, type Related } from "./mutate/related.ts";
import { identifyResult, openResults, type Outcome } from "./mutate/results.ts";
import { drawSample } from "./mutate/sample.ts";
import { createTimes } from "./mutate/times.ts";
import { openWorkshop, type Workshop } from "./mutate/workshop.ts";

/** Where figures and verdicts are computed. Missing paths are ignored. */
const ENGINE: readonly string[] = [
  "lib/read/",
  "lib/cli/commands/guard.ts",
  "lib/cli/guard_args.ts",
  "lib/formats/guard.ts",
  "lib/model/",
  "lib/poll/",
];

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
const seed = parseNumber("seed", values.seed);
const jobs = Math.max(1, parseNumber("jobs", values.jobs));
const maxMs = parseNumber("timeout", values.timeout) * 1000;
const slowMs = parseNumber("slow", values.slow) * 1000;
const most = parseNumber("most", values.most);

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

const all = targets.flatMap(({ path, text }) => findMutants(path, text));
const size = values.sample === undefined ? all.length : parseNumber("sample", values.sample);
// Sorted by file, so that the times of its tests are measured once and reused.
const chosen = drawSample(all, size, seed).toSorted((a, b) =>
  a.path < b.path ? -1 : a.path > b.path ? 1 : a.at - b.at
);
const results = openResults(values.results);
const outcomes = new Map<Mutant, Outcome>();
const queue: Question[] = [];
for (const mutant of chosen) {
  if (whyEquivalent(mutant, texts.get(mutant.path) ?? "")) {
    outcomes.set(mutant, "equivalent");
    continue;
  }
  const related = relatedOf(mutant.path);
  const ids = identifyMutant(mutant, related);
  const known = results.get(ids.noticed) ?? results.get(ids.survived);
  if (known) outcomes.set(mutant, known);
  else queue.push({ mutant, related });
}
console.log(
  `${all.length} mutants in ${targets.length} files, ${chosen.length} chosen, ${queue.length} to try`,
);

/** Identifies a mutant. */
interface Ids {
  readonly noticed: string;
  /** It survived the tests of its room. */
  readonly nearest: string;
  readonly survived: string;
}

const asker = createAsker(createTimes(slowMs), maxMs);
const began = performance.now();
await askAll();
report();

/** Works in copies of the project, one for each process at a time. */
async function askAll(): Promise<void> {
  await using stack = new AsyncDisposableStack();
  const workshops: Workshop[] = [];
  while (workshops.length < Math.min(jobs, queue.length)) workshops.push(stack.use(await openWorkshop()));
  const ready = queue.filter(isNearest);
  let left: readonly Question[] = await askNear(workshops, queue.filter((one) => !isNearest(one)));
  left = await askTogether(workshops, left, "tests of its room", ({ room }) => room);
  for (const { mutant, related } of left) {
    results.add(identifyMutant(mutant, related).nearest, mutant, "survived");
  }
  left = [...ready, ...left];
  if (!values.nearest) left = await askTogether(workshops, left, "other tests", ({ far }) => far);
  for (const question of left) settle(question, "survived");
}

/** Reports whether an interrupted run has already asked the tests of its room. */
function isNearest({ mutant, related }: Question): boolean {
  return results.get(identifyMutant(mutant, related).nearest) === "survived";
}

async function askNear(
  workshops: readonly Workshop[],
  queue: Question[],
): Promise<readonly Question[]> {
  const left: Question[] = [];
  let tried = 0;
  await Promise.all(workshops.map(async (workshop) => {
    for (let next = queue.shift(); next; next = queue.shift()) {
      const outcome = await asker.askNear(workshop, next);
      if (outcome === "survived") left.push(next);
      else settle(next, outcome);
      if (++tried % 25 === 0) console.log(`${tried} tried, ${queue.length} to go`);
    }
  }));
  return left;
}

async function askTogether(
  workshops: readonly Workshop[],
  questions: readonly Question[],
  what: string,
  testsOf: (related: Related) => readonly string[],
): Promise<readonly Question[]> {
  const left: Question[] = [];
  console.log(`${formatMinutes()}: ${questions.length} left, which the ${what} are asked about`);
  for (const group of groupQuestions(questions)) {
    left.push(...await asker.askTogether(workshops, group, testsOf, settle));
  }
  return left;
}

function settle({ mutant, related }: Question, outcome: Outcome): void {
  const ids = identifyMutant(mutant, related);
  outcomes.set(mutant, outcome);
  results.add(outcome === "survived" ? ids.survived : ids.noticed, mutant, outcome);
}

function formatMinutes(): string {
  return `${((performance.now() - began) / 60_000).toFixed(1)} min`;
}

function report(): void {
  const listHaving = (wanted: Outcome) => chosen.filter((mutant) => outcomes.get(mutant) === wanted);
  const survivors = listHaving("survived");
  for (const mutant of survivors) console.log(describe(mutant));
  const equivalent = listHaving("equivalent").length;
  const able = chosen.length - equivalent;
  const share = able === 0 ? 0 : survivors.length / able * 100;
  console.log(
    `${formatMinutes()}: ${survivors.length} of ${able} survived (${share.toFixed(1)} %): ${
      listHaving("killed").length
    } were noticed, ` +
      `${listHaving("late").length} ended by the clock; ${equivalent} more make no difference`,
  );
  Deno.exit(share > most ? 1 : 0);
}

function describe({ path, line, column, from, to }: Mutant): string {
  const text = texts.get(path)?.split("\n")[line - 1]?.trim() ?? "";
  return `${path}:${line}:${column}  ${from} -> ${to === "" ? "nothing" : to}  ${text}`;
}

/** A noticed change stays noticed while its source and nearest tests stay; any new test may notice a survivor. */
function identifyMutant(mutant: Mutant, { near, room, far }: Related): Ids {
  const source = texts.get(mutant.path) ?? "";
  const listContents = (tests: readonly string[]) => tests.map((path) => texts.get(path) ?? "");
  const asked = listContents([...near, ...room]);
  const nearest = identifyResult(mutant, source, ["all", ...asked]);
  return {
    noticed: identifyResult(mutant, source, listContents(near)),
    nearest,
    survived: values.nearest
      ? nearest
      : identifyResult(mutant, source, ["all", ...asked, ...listContents(far)]),
  };
}

function isWanted(path: string): boolean {
  return wanted.some((one) => path === one || path.startsWith(one.endsWith("/") ? one : `${one}/`));
}

function parseNumber(name: string, text: string): number {
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text);
  console.error(`--${name} ${text} is no number`);
  Deno.exit(2);
}
