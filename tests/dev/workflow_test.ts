/** What the workflows may do, and what they must do. */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "../support/assert.ts";

const FOLDER = new URL("../../.github/workflows/", import.meta.url);
const text = await Deno.readTextFile(new URL("ci.yml", FOLDER));

const release = await Deno.readTextFile(new URL("release.yml", FOLDER));

/** The text of each job by its name. */
function jobsOf(workflow: string): Readonly<Record<string, string>> {
  const [, jobs = ""] = workflow.split(/^jobs:\n/m);
  return Object.fromEntries(
    jobs.split(/^ {2}(?=[\w-]+:\n)/m).slice(1).map((job) => [/^[\w-]+/.exec(job)?.[0] ?? "", job]),
  );
}

Deno.test("there are two workflows; the one for changes has read access only and no secret", () => {
  assertEquals([...Deno.readDirSync(FOLDER)].map(({ name }) => name).sort(), ["ci.yml", "release.yml"]);
  for (const workflow of [text, release]) assertMatch(workflow, /^permissions:\n {2}contents: read\n/m);
  assert(!/:\s*write\b|secrets\./.test(text));
});

Deno.test("a release starts only with a tag; building has no secret, and signing waits for approval", () => {
  assertMatch(release, /^on:\n {2}push:\n {4}tags: \["v\[0-9\]\+[^\n]*\n\n/m);
  assert(!/branches|pull_request|workflow_dispatch|schedule/.test(release));
  const { build = "", publish = "", ...others } = jobsOf(release);
  assertEquals(Object.keys(others), []);
  assert(!/secrets\.|github\.token|permissions:|:\s*write\b/.test(build));
  assertMatch(publish, /needs: build\n/);
  assertMatch(publish, /environment: release\n/);
  assertEquals([...publish.matchAll(/(\w[\w-]*): write/g)].map(([, what]) => what), ["contents"]);
  assertEquals(publish.match(/secrets\.\w+/g), ["secrets.SYNTRACK_RELEASE_KEY"]);
  // Values that others can choose, such as a tag, are passed as a variable and never as part of a command.
  for (const [, command = ""] of release.matchAll(/run: (.+)/g)) assert(!command.includes("${{"), command);
  // A key in an argument could be read by every process of that machine.
  assert(!/run:.*RELEASE_KEY/.test(release));
  for (const step of [/deno@\S+ ci && npx -y deno@\S+ audit/, /\.ci\/run/, /task release --tag "\$TAG"/]) {
    assertMatch(build, step);
  }
  assert(!release.includes("--allow-missing"));
});

Deno.test("files created by root in the checks belong to the user who builds the executables", () => {
  const { build = "" } = jobsOf(release);
  const order = ["sudo --preserve-env=PATH", 'sudo chown -R "$(id -u):$(id -g)" .', "task release --tag"];
  const places = order.map((words) => build.indexOf(words));
  assert(places.every((place) => place > 0), String(places));
  assertEquals(places, places.toSorted((a, b) => a - b));
});

Deno.test({
  name: "a pre-release is published as one, so that installers do not take it for the latest (needs bash)",
  ignore: Deno.build.os === "windows",
  fn() {
    const [, script = ""] = /run: (gh release create .+)/.exec(jobsOf(release).publish ?? "") ?? [];
    const kindOf = (tag: string) => {
      // Runs a step of a workflow; gh only records its calls.
      const { stdout, stderr } = new Deno.Command("bash", {
        args: ["-e", "-c", `gh() { printf '%s\\n' "$@"; }\n${script}`],
        env: { TAG: tag, GITHUB_REPOSITORY: "owner/name" },
      }).outputSync();
      const words = new TextDecoder().decode(stdout).split("\n");
      assertEquals(words.slice(0, 3), ["release", "create", tag], new TextDecoder().decode(stderr));
      return words.slice(3, words.indexOf("--repo"));
    };
    assertEquals(kindOf("v0.2.0"), []);
    for (const tag of ["v0.2.0-rc.1", "v1.0.0-beta"]) assertEquals(kindOf(tag), ["--prerelease"]);
  },
});

Deno.test("actions are pinned by hash, with their version in a comment", () => {
  for (const workflow of [text, release]) {
    const uses = [...workflow.matchAll(/uses: (\S+)/g)].map(([, action = ""]) => action);
    assert(uses.length > 0);
    for (const action of uses) assertMatch(action, /^[\w-]+\/[\w-]+@[0-9a-f]{40}$/);
    assertEquals(workflow.match(/# v\d+\.\d+\.\d+\n +- uses:/g)?.length, uses.length);
    assertEquals(
      workflow.match(/persist-credentials: false/g)?.length,
      workflow.match(/actions\/checkout@/g)?.length,
    );
  }
});

Deno.test("it runs on three systems, with the runtime of the README, and checks packages for known vulnerabilities", async () => {
  for (const system of ["ubuntu-", "macos-", "windows-"]) assertStringIncludes(text, system);
  assertStringIncludes(text, "bash .ci/run");
  assertMatch(text, /deno@\S+ ci\n/);
  assertMatch(text, /deno@\S+ audit\n/);
  const readme = await Deno.readTextFile(new URL("../../README.md", import.meta.url));
  const [, version = ""] = /deno@(\S+) task demo/.exec(readme) ?? [];
  for (const [, named] of (text + release).matchAll(/deno@(\S+)/g)) assertEquals(named, version);
});
