/** Texts about the program match what it does: words about insights, and files named in documents. */
import { INSIGHT_WORDS } from "../lib/web/settings_page/insight_words.ts";
import { assert, assertEquals, assertMatch, assertStringIncludes } from "./support/assert.ts";
import { days, factsOf, only, quota, repeat } from "./support/insight_facts.ts";

const GIVEN = factsOf([quota({ used: 60, limit: 135, days: days(repeat(31, 40)) })]);

Deno.test("an insight has the same name on the settings page and in its rule", () => {
  for (const type of ["budget", "weekly-pace", "plan-capacity"] as const) {
    const title = only(GIVEN, type)?.title ?? "";
    assertStringIncludes(title, INSIGHT_WORDS[type][0].toLowerCase().replace(/^the /, "the "));
  }
  // The named periods are those that the rules use.
  assertMatch(only(GIVEN, "weekly-pace")?.description ?? "", /last 7 days, 30 days would use/);
  assertMatch(INSIGHT_WORDS["weekly-pace"][1], /30 days would use at the pace of the last 7/);
  assertMatch(only(GIVEN, "plan-capacity")?.description ?? "", /a day and .* in 30 days/);
  assertMatch(INSIGHT_WORDS["plan-capacity"][1], /in a day and in 30/);
  assertMatch(only(GIVEN, "usage")?.description ?? "", /a day on average/);
  assertMatch(INSIGHT_WORDS.usage[1], /an average day/);
});

const ROOT = new URL("../", import.meta.url);

const TOP = ["README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md"];

function* documents(folder: string): Generator<string> {
  for (const { name, isDirectory } of Deno.readDirSync(new URL(folder, ROOT))) {
    if (isDirectory) yield* documents(`${folder}${name}/`);
    else if (name.endsWith(".md")) yield `${folder}${name}`;
  }
}

function exists(url: URL): boolean {
  try {
    Deno.statSync(url);
    return true;
  } catch {
    return false;
  }
}

Deno.test("every link of a document to a file leads to an existing one", () => {
  const broken = [...TOP, ...documents("docs/")].flatMap((path) => {
    const text = Deno.readTextFileSync(new URL(path, ROOT));
    return [...text.matchAll(/\]\((?!https?:|mailto:|#)([^)#\s]+)[^)]*\)/g)]
      .map(([, target = ""]) => target)
      .filter((target) => !exists(new URL(target, new URL(path, ROOT))))
      .map((target) => `${path}: ${target}`);
  });
  assertEquals(broken, []);
});

Deno.test("every file named in a document exists", () => {
  const missing = [...TOP, ...documents("docs/")].flatMap((path) => {
    const text = Deno.readTextFileSync(new URL(path, ROOT));
    const named = text.matchAll(
      /`((?:lib|docs|routes|islands|dev|tests|providers|static|deploy)\/[\w./-]+\.\w+)`/g,
    );
    // acme is the vendor in examples.
    return [...named].map(([, file = ""]) => file).filter((file) => !/\bacme\./.test(file)).filter((file) => {
      try {
        return !Deno.statSync(new URL(file, ROOT)).isFile;
      } catch {
        return true;
      }
    }).map((file) => `${path}: ${file}`);
  });
  assertEquals(missing, []);
});

Deno.test("the map says which file answers a question, and the file exists", async () => {
  const text = await Deno.readTextFile(new URL("docs/architecture.md", ROOT));
  const rows = [...text.matchAll(/^- ([^`?]*(?:`[^`]+`[^`?]*)*\?) (.+)$/gm)].map((
    [, question = "", answer = ""],
  ) => ({
    question: question.trim(),
    // Without a slash it is a name in the file, or a flag.
    files: [...answer.matchAll(/`([^`]*\/[^`]+)`/g)].map(([, file = ""]) => file),
  }));
  assert(rows.length >= 100, `${rows.length} questions`);
  for (const { question, files } of rows) {
    assert(files.length > 0, question);
    for (const file of files) {
      // acme is the vendor in examples.
      const path = file.replace(/\bacme\./, "deepseek.");
      const { isFile, isDirectory } = await Deno.stat(new URL(path, ROOT)).catch(() => ({
        isFile: false,
        isDirectory: false,
      }));
      assert(path.endsWith("/") ? isDirectory : isFile, `${question} ${file} is not there`);
    }
  }
});

Deno.test("the help page states no fixed duration for a setting", async () => {
  const help = await Deno.readTextFile(new URL("routes/help.tsx", ROOT));
  assertEquals(/ten minutes|10 minutes/.test(help), false);
});
