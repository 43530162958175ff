/** In which order and company the mutation tool asks the tests about mutants. */
import { createAsker, groupQuestions, type Question } from "../../dev/mutate/ask.ts";
import { createTimes, splitIntoBatches } from "../../dev/mutate/times.ts";
import type { Workshop } from "../../dev/mutate/workshop.ts";
import { assertEquals } from "../support/assert.ts";

function question(path: string, far: readonly string[], near: readonly string[] = []): Question {
  const mutant = { path, at: 1, line: 1, column: 2, from: "+", to: "-" };
  return { mutant, related: { near, room: [], far } };
}

/** A workshop in which tests notice the changes of certain files, and what it was asked. */
function workshopWhere(
  noticed: Readonly<Record<string, readonly string[]>>,
  broken: readonly string[] = [],
  slow: readonly string[] = [],
) {
  const asked: string[] = [];
  const workshop: Workshop = {
    measure: (test) => {
      asked.push(`measure ${test}`);
      return Promise.resolve({ ms: slow.includes(test) ? 2000 : 10, passes: !broken.includes(test) });
    },
    try: (mutants, tests) => {
      asked.push(`${mutants.map(({ path }) => path).join("+")}: ${tests.join("+")}`);
      if (tests.some((test) => slow.includes(test))) return Promise.resolve("late");
      const fails = tests.some((test) =>
        broken.includes(test) || mutants.some(({ path }) => noticed[test]?.includes(path))
      );
      return Promise.resolve(fails ? "killed" : "survived");
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
  return { workshop, asked };
}

const asker = () => createAsker(createTimes(1000, () => {}), 60_000);
const paths = (questions: readonly Question[]) => questions.map(({ mutant }) => mutant.path);

async function askTogether(workshop: Workshop, group: readonly Question[]) {
  const noticed: string[] = [];
  const left = await asker().askTogether(
    [workshop],
    group,
    ({ far }) => far,
    ({ mutant }, outcome) => noticed.push(`${mutant.path} ${outcome}`),
  );
  return { left: paths(left), noticed };
}

Deno.test("tests that notice none of several mutants run once for all of them, and are not measured", async () => {
  const { workshop, asked } = workshopWhere({});
  const tests = ["1", "2", "3", "4", "5"];
  const { left, noticed } = await askTogether(workshop, [question("a", tests), question("b", tests)]);
  assertEquals([left, noticed], [["a", "b"], []]);
  assertEquals(asked, ["a+b: 1+2+3+4", "a+b: 5"]);
});

Deno.test("tests that notice mutants are asked about half of them, down to one, and only about what they load", async () => {
  const { workshop, asked } = workshopWhere({ "2": ["b"] });
  const group = [question("a", ["1", "2"]), question("b", ["1", "2", "3"]), question("c", ["1", "3"])];
  assertEquals(await askTogether(workshop, group), { left: ["a", "c"], noticed: ["b killed"] });
  assertEquals(asked, [
    "a+b+c: 1+2+3",
    "measure 1",
    "measure 2",
    "measure 3",
    "a+b+c: 1+2+3",
    "a: 1+2",
    "b+c: 1+2+3",
    "b: 1+2+3",
    "c: 1+3",
  ]);
});

Deno.test("tests that fail unchanged or are slow notice nothing", async () => {
  const { workshop, asked } = workshopWhere({ "3": ["a"] }, ["1"], ["2"]);
  const group = [question("a", ["1", "2", "3"]), question("b", ["1", "2", "3"])];
  assertEquals(await askTogether(workshop, group), { left: ["b"], noticed: ["a killed"] });
  assertEquals(asked.slice(-3), ["a+b: 3", "a: 3", "b: 3"]);
  const none = workshopWhere({}, ["1"], ["2"]);
  assertEquals(await askTogether(none.workshop, group), { left: ["a", "b"], noticed: [] });
});

Deno.test("the near tests are asked about one mutant, the quickest first", async () => {
  const { workshop, asked } = workshopWhere({ "1": ["a"] }, ["2"]);
  assertEquals(await asker().askNear(workshop, question("a", ["3"], ["1", "2"])), "killed");
  assertEquals(await asker().askNear(workshop, question("b", ["3"], ["1"])), "survived");
  assertEquals(asked, ["measure 1", "measure 2", "a: 1", "measure 1", "b: 1"]);
  const able = await createTimes(3000, () => {}).able(workshopWhere({}, [], ["1"]).workshop, ["1", "2"]);
  assertEquals(able.map(({ test }) => test), ["2", "1"]);
});

Deno.test("changes of one file are never made at once, nor more than two dozen", () => {
  const groups = (of: readonly string[]) => groupQuestions(of.map((path) => question(path, []))).map(paths);
  assertEquals(groups(["a", "a", "b", "a"]), [["a", "b"], ["a"], ["a"]]);
  const many = [..."abcdefghijklmnopqrstuvwxy"];
  assertEquals(groups(many), [many.slice(0, 24), ["y"]]);
});

Deno.test("quick tests share a process, and slow ones have their own", () => {
  const tests = [1000, 2000, 2500, 6000].map((ms) => ({ test: String(ms), ms }));
  assertEquals(splitIntoBatches(tests).map((batch) => batch.map(({ ms }) => ms)), [[1000, 2000], [2500], [
    6000,
  ]]);
});
