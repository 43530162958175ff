/**
 * The git pre-commit hook, once `deno task hooks` has enabled it: formats staged files, stages them again,
 * and lints them. A partly staged file is checked and not changed, since its rest is not to be committed.
 */
const FORMATTED = /\.(?:ts|tsx|js|jsx|json|jsonc|md|css|html|ya?ml)$/;
const LINTED = /\.(?:ts|tsx|js|jsx)$/;

const staged = listPaths(["diff", "--cached", "--name-only", "--diff-filter=ACMR", "-z"]);
const changed = new Set(listPaths(["diff", "--name-only", "-z"]));
const formatted = staged.filter((path) => FORMATTED.test(path) && path !== "deno.lock");
const whole = formatted.filter((path) => !changed.has(path));
const parts = formatted.filter((path) => changed.has(path));

let failed = false;
if (whole.length > 0) {
  run("deno", ["fmt", "-q", ...whole]);
  runGit(["add", "--", ...whole]);
}
for (const path of parts) {
  const text = runGit(["show", `:${path}`]);
  const extension = path.slice(path.lastIndexOf(".") + 1);
  if (!run("deno", ["fmt", "-q", "--check", `--ext=${extension}`, "-"], text)) {
    console.error(
      `${path}: the staged part is not formatted. Format the file and stage it, or unstage its rest`,
    );
    failed = true;
  }
}
const linted = staged.filter((path) => LINTED.test(path));
if (linted.length > 0 && !run("deno", ["lint", "-q", ...linted])) failed = true;
if (failed) Deno.exit(1);

function listPaths(args: readonly string[]): readonly string[] {
  return runGit(args).split("\0").filter((path) => path !== "");
}

function runGit(args: readonly string[]): string {
  const { code, stdout, stderr } = new Deno.Command("git", { args: [...args] }).outputSync();
  if (code !== 0) {
    console.error(new TextDecoder().decode(stderr));
    Deno.exit(1);
  }
  return new TextDecoder().decode(stdout);
}

/** Returns whether it succeeded; its output goes to the terminal. */
function run(command: string, args: readonly string[], stdin?: string): boolean {
  let given: string | null = null;
  try {
    if (stdin !== undefined) {
      given = Deno.makeTempFileSync({
        suffix: `.${args.find((arg) => arg.startsWith("--ext="))?.slice(6) ?? "ts"}`,
      });
      Deno.writeTextFileSync(given, stdin);
    }
    const own = given === null
      ? args
      : args.filter((arg) => !arg.startsWith("--ext=")).map((arg) => arg === "-" ? given! : arg);
    return new Deno.Command(command, { args: [...own], stdout: "null", stderr: "inherit" }).outputSync()
      .success;
  } finally {
    if (given !== null) Deno.removeSync(given);
  }
}
