import fc from "fast-check";
import { loadPart } from "../../lib/cli/lazy.ts";
import { PARTS } from "../../lib/cli/parts.ts";
import { paintFor } from "../../lib/cli/paint.ts";
import { parseArgs } from "../../lib/cli/program.ts";
import { quickArgs } from "../../lib/cli/quick_args.ts";
import { COMMANDS, GLOBAL_OPTIONS, type OptionRow } from "../../lib/cli/table.ts";
import { assert, assertEquals, assertStringIncludes } from "../support/assert.ts";
import { CliHome, withCliHome } from "./support.ts";

const io = new CliHome("/nowhere").io();
const options = { version: "0.0.0", columns: 80, paint: paintFor(io, io.stdout, false) };

/** The result of the full parser: the command, or null for an error or a text. */
function slowArgs(args: readonly string[]) {
  try {
    const parsed = parseArgs(args, options);
    return "typed" in parsed ? parsed.typed : null;
  } catch {
    return null;
  }
}

const words = [
  ...COMMANDS.map(({ name }) => name),
  ...[
    "current",
    "daily",
    "usage",
    "size",
    "csv",
    "20%",
    "3",
    "-3",
    "",
    "-",
    "--",
    "-h",
    "--help",
    "-d3",
    "--days=3",
    "--days=",
    "-j",
    "x y",
  ],
  ...[...COMMANDS.flatMap((command) => command.options), ...GLOBAL_OPTIONS].flatMap((option) => [
    `--${option.name}`,
    ..."short" in option && option.short ? [`-${option.short}`] : [],
  ]),
];

/** A first argument that each command accepts. */
const OPERANDS: Readonly<Record<string, string>> = { query: "current", import: "file.csv", db: "backup" };

Deno.test("quickArgs() gives the same result as the full parser, or none", () => {
  let answered = 0;
  const some = fc.array(fc.constantFrom(...words), { maxLength: 6 });
  // Half of them begin as a command line should.
  const begun = fc.tuple(fc.constantFrom(...COMMANDS), some).map((
    [command, rest],
  ) => [command.name, ...OPERANDS[command.name] === undefined ? [] : [OPERANDS[command.name]!], ...rest]);
  fc.assert(
    fc.property(fc.oneof(begun, some), (args) => {
      const quick = quickArgs(args);
      if (quick === null) return;
      answered++;
      assertEquals(quick, slowArgs(args));
    }),
    { numRuns: 2000 },
  );
  assert(answered > 100, `Expected many plain command lines, got ${answered}`);
});

Deno.test("quickArgs() parses the plain forms itself", () => {
  for (
    const args of [
      ["query", "current"],
      ["query", "history", "-d", "3", "--quota=five-hour"],
      ["status", "--json", "--no-color"],
      ["chart", "--type", "daily"],
      ["guard", "--min-remaining", "20%", "--fail-open"],
      ["db", "backup", "copy.db"],
      ["db", "size"],
    ]
  ) {
    assert(quickArgs(args) !== null, args.join(" "));
  }
  assertEquals(quickArgs(["import", "-"]), null);
  assertEquals(slowArgs(["import", "-"])?.operands, ["-"]);
  assertEquals(quickArgs(["demo", "--no-live", "--seed", "3"])?.options, { "no-live": true, seed: "3" });
});

Deno.test("no command has an option with the name of a global one, except with another meaning", () => {
  const global = new Map(GLOBAL_OPTIONS.map((option) => [option.name, option]));
  const twice = COMMANDS.flatMap(({ name, options }) =>
    (options as readonly OptionRow[]).filter((one) => {
      const known = global.get(one.name);
      return known !== undefined && (known.value === undefined) !== (one.value === undefined);
    }).map((one) => `${name} --${one.name}`)
  );
  assertEquals(twice, []);
});

Deno.test("every part is found at its computed URL", async () => {
  for (const name of Object.keys(PARTS) as (keyof typeof PARTS)[]) {
    assert(await loadPart(name) === PARTS[name], name);
  }
});

Deno.test("a command about no account in particular refuses to choose one, and its help does not offer it", () =>
  withCliHome(async (place) => {
    for (
      const command of ["logs", "db check", "channels", "audit", "notes", "config", "key list"]
    ) {
      for (const option of ["provider zai", "account work", "quota five-hour"]) {
        const { code, stderr } = await place.run(`${command} --${option}`);
        assertEquals(code, 2, command);
        const [name] = command.split(" ");
        assertStringIncludes(stderr, `${name} takes no --${option.split(" ")[0]}`);
        assertStringIncludes(stderr, `See syntrack ${name} --help`);
      }
    }
    assert(!(await place.run("logs --help")).stdout.includes("--account"));
    assertStringIncludes((await place.run("status --help")).stdout, "--account");
  }));
