/** The config file: the meaning of its entries, their positions, and their errors. */
import fc from "fast-check";
import { checkConfigFile } from "../../lib/config/file_check.ts";
import { findLine } from "../../lib/config/file_lines.ts";
import { readConfigFile } from "../../lib/config/file.ts";
import { environmentLogins } from "../../lib/config/logins.ts";
import { createEnvironment } from "../../lib/config/environment.ts";
import { OPTIONS } from "../../lib/config/options.ts";
import { problemText } from "../../lib/config/problem.ts";
import { readConfig } from "../../lib/config/config.ts";
import { providers } from "../../providers/mod.ts";
import { assert, assertEquals, assertMatch, assertStringIncludes } from "../support/assert.ts";
import { assertFast } from "../support/speed.ts";

const LABEL = "~/.syntrack/config.toml";
const PATH = "/home/ann/.syntrack/config.toml";

const TEXT = `poll_interval = 120
port = 9300 # the dashboard

[providers.zai]
enabled = false
zai_api_key_file = "/keys/zai"

[[accounts]]
provider = "synthetic"
name = "work"
synthetic_api_key = "syn_work"

[[accounts]]
provider = "synthetic"
synthetic_api_key_file = "/keys/club"
`;

function environmentWith(text: string, env: Readonly<Record<string, string>> = {}) {
  const files: Record<string, string> = { [PATH]: text, "/keys/zai": "zai-key", "/keys/club": "syn_club" };
  const environment = createEnvironment({
    env,
    cwd: "/place",
    home: "/home/ann",
    readFile: (path) => files[path] === undefined ? null : { text: files[path], mode: 0o600 },
    readConfigFile,
  });
  return { environment, files };
}

function problemsOf(text: string): readonly string[] {
  const { environment } = environmentWith(text);
  const input = { environment, providers, home: "/home/ann", cwd: "/place", systemTimezone: "UTC" };
  return readConfig(input).problems.filter(({ level }) => level === "error").map(problemText);
}

Deno.test("entries of the config file set variables, and state their position", () => {
  const { environment } = environmentWith(TEXT);
  assertEquals(environment.find("SYNTRACK_POLL_INTERVAL"), {
    value: "120",
    name: "SYNTRACK_POLL_INTERVAL",
    layer: "config-file",
    source: `poll_interval in ${LABEL}, line 1`,
  });
  assertEquals(environment.find("SYNTRACK_ZAI_ENABLED")?.value, "false");
  assertEquals(environment.findSecret("ZAI_API_KEY").found?.value, "zai-key");
  assertEquals(problemsOf(TEXT), []);
});

Deno.test("the environment overrides the config file", () => {
  const { environment } = environmentWith(TEXT, { SYNTRACK_PORT: "9400" });
  assertEquals(environment.find("SYNTRACK_PORT")?.value, "9400");
});

Deno.test("each [[accounts]] is a separate login with its name", () => {
  const { environment } = environmentWith(TEXT);
  const synthetic = providers.find(({ id }) => id === "synthetic")!;
  const { more } = environmentLogins(synthetic, environment);
  assertEquals(more.map((login) => [login.name, login.find("SYNTHETIC_API_KEY")?.value]), [
    ["work", "syn_work"],
    ["1002", "syn_club"],
  ]);
  assertEquals(
    more[0]?.find("SYNTHETIC_API_KEY")?.source,
    `accounts 1.synthetic_api_key in ${LABEL}, line 11`,
  );
});

Deno.test("all errors are reported at once, each with its line and the expected value", () => {
  const problems = problemsOf(`pollinterval = 60
port = "many"
timezone = ["UTC"]

[providers.zia]
enabled = true

[providers.zai]
zai_api_kee = "x"

[[accounts]]
provider = "synthetic"
name = "a/b"

[[accounts]]
name = "alone"
`);
  const text = problems.join("\n");
  assertStringIncludes(text, `port in ${LABEL}, line 2: `);
  assertStringIncludes(
    text,
    `pollinterval in ${LABEL}, line 1: no such setting, did you mean poll_interval?`,
  );
  assertStringIncludes(text, `timezone in ${LABEL}, line 3: of a type that cannot be used`);
  assertStringIncludes(text, `providers.zia in ${LABEL}, line 5: no such provider, did you mean zai?`);
  assertStringIncludes(
    text,
    `providers.zai.zai_api_kee in ${LABEL}, line 9: no such entry, did you mean zai_api_key?`,
  );
  assertStringIncludes(text, `accounts 1.name in ${LABEL}, line 13: cannot be the name of an account`);
  assertStringIncludes(text, `accounts 1 in ${LABEL}, line 11: has no setting that defines a login`);
  assertStringIncludes(text, `accounts 2 in ${LABEL}, line 15: no provider`);
  assertEquals(problems.length, 8);
});

Deno.test("invalid TOML is reported with line and column, and never quoted", () => {
  const [problem = ""] = problemsOf(`port = 9300\nzai_api_key = "syn_secret\n`);
  assertMatch(problem, /^~\/\.syntrack\/config\.toml, line \d+, column \d+: /);
  assert(!problem.includes("syn_secret"));
});

Deno.test("a config file that breaks while the program runs leaves the last valid one in use", () => {
  const { environment, files } = environmentWith("port = 9300\n");
  assertEquals(environment.find("SYNTRACK_PORT")?.value, "9300");
  files[PATH] = "port = = 1\n";
  environment.reload();
  assertEquals(environment.find("SYNTRACK_PORT")?.value, "9300");
  assert(environment.configFile()?.problem);
  files[PATH] = "port = 9301\n";
  environment.reload();
  assertEquals(environment.find("SYNTRACK_PORT")?.value, "9301");
  assertEquals(environment.configFile()?.problem, null);
  delete files[PATH];
  environment.reload();
  assertEquals(environment.find("SYNTRACK_PORT"), undefined);
});

Deno.test("any TOML gives entries and problems, and never throws", () => {
  const value = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant([]), fc.constant({ a: 1 }));
  const line = fc.tuple(fc.constantFrom("port", "accounts", "providers", "custom", "x"), value)
    .map(([key, value]) =>
      `${key} = ${
        Array.isArray(value) ? "[]" : typeof value === "object" ? "{ a = 1 }" : JSON.stringify(value)
      }`
    );
  fc.assert(fc.property(fc.array(line, { maxLength: 4 }), (lines) => {
    const text = lines.join("\n");
    const result = readConfigFile(text, LABEL);
    if ("problem" in result) return;
    const variables = OPTIONS.flatMap((option) => option.names);
    for (const problem of checkConfigFile(result.file, { text, label: LABEL, providers, variables })) {
      assert(problemText(problem).length > 0);
    }
  }));
});

Deno.test("the line of an entry is found in tables and arrays of tables", () => {
  const text = `a = 1\n[t]\nb = 2\n[t.u]\n"c d" = 3\n[[l]]\nx = 1\n[[l]]\nx = 2\n`;
  assertEquals(findLine(text, ["a"]), 1);
  assertEquals(findLine(text, ["t", "b"]), 3);
  assertEquals(findLine(text, ["t", "u", "c d"]), 5);
  assertEquals(findLine(text, ["l", 0, "x"]), 7);
  assertEquals(findLine(text, ["l", 1, "x"]), 9);
  assertEquals(findLine(text, ["l", 1, "none"]), 8);
  assertEquals(findLine(text, ["none"]), null);
});

Deno.test("a file with very many logins names the line of each, and is scanned once", async () => {
  const logins = Array.from(
    { length: 3_000 },
    (_, i) => `[[accounts]]\nprovider = "acme"\nacme_api_key = "k-${i}"\n`,
  );
  const text = logins.join("\n");
  // It took half a minute when each entry scanned the file.
  await assertFast(8_000, () => readConfigFile(text, "config.toml"));
  const read = readConfigFile(text, "config.toml");
  assert("file" in read);
  assertEquals(read.file.entries.at(-1)?.source, "accounts 3000.acme_api_key in config.toml, line 11999");
});

Deno.test("a name of an account is one line that turns no sentence, in any script", () => {
  const problems = (name: string) =>
    problemsOf(
      `[[accounts]]\nprovider = "synthetic"\nname = ${JSON.stringify(name)}\nsynthetic_api_key = "k"\n`,
    );
  for (
    const name of [
      "Work",
      "=1+1 <b>",
      "\u5de5\u4f5c",
      "\u05e2\u05d1\u05d5\u05d3\u05d4",
      "\u0915\u093e\u092e \u{1f680}",
      "x".repeat(64),
    ]
  ) {
    assertEquals(problems(name), [], name);
  }
  for (
    const name of [
      "",
      " a",
      "a/b",
      "a\nb",
      "a\tb",
      "a\u001bb",
      "a\u0085b",
      "a\u2028b",
      "\u202eab",
      "a\u2066b",
      "x".repeat(65),
    ]
  ) {
    assertMatch(problems(name)[0] ?? "", /accounts 1\.name .*cannot be the name/, JSON.stringify(name));
  }
});
