/**
 * Builds the bundle of the program: one file for the start, one for each group
 * of commands, one for the dashboard, one for the status line, and their shared
 * parts. It needs no package, no import map and no compiler.
 *
 * A module loaded by a computed address has its own file here: `lib/base/address.ts` resolves its name.
 */
import { join, relative } from "node:path";
import { COMMIT_MARK } from "../lib/base/version.ts";
import { GROUPS } from "../lib/cli/lazy.ts";
import { countUsing, keepUsing } from "./keep_using.ts";
import { lightenCommander } from "./lighten_commander.ts";

/** Modules bundled with all their exports. */
const WHOLE: Readonly<Record<string, string>> = {
  start: "lib/cli/start.ts",
  child: "lib/cli/child_io.ts",
  statusline: "lib/statusline/run.ts",
  status_cache: "lib/status_cache/cache.ts",
  passkeys: "lib/access/passkeys/verify.ts",
  opener: "lib/cli/opener.ts",
  pager: "lib/cli/pager.ts",
  screen: "lib/cli/screen.ts",
  terminal: "lib/cli/terminal.ts",
};

/**
 * Returns the text of each entry by its name; `root` is the
 * relative path from the entries' folder to the project.
 */
export function entriesFrom(root: string): Readonly<Record<string, string>> {
  const from = (path: string) => JSON.stringify(`${root}/${path}`);
  const groups = Object.entries(GROUPS).map(([group, files]) => {
    const lines = Object.entries(files).map(([part, file]) =>
      `export { ${part} } from ${from(`lib/cli/${file}`)};`
    );
    return [group, lines.join("\n")];
  });
  const whole = Object.entries(WHOLE).map(([name, path]) => [name, `export * from ${from(path)};`]);
  return {
    ...Object.fromEntries([...groups, ...whole]),
    cli: `import { runProgram } from ${from("cli.ts")};\nawait runProgram(Deno.args);`,
    deno_deploy: `import ${from("deploy/deno_deploy/main.ts")};`,
    server: `export { default } from ${from("_fresh/server.js")};`,
  };
}

/** Writes the bundle to `folder`. The old one stays until the new one is complete. @throws {Error} */
export async function bundleProgram(root: string, folder: string): Promise<void> {
  // Within the project, so that its import map applies, and always with the same name: it is part of the
  // hashes that name the parts. A build holds a lock, so no other build uses it.
  const work = join(folder, "making");
  await Deno.remove(work, { recursive: true }).catch(() => {});
  await Deno.mkdir(work, { recursive: true });
  try {
    const output = join(work, "output");
    const entries = Object.entries(entriesFrom(relative(work, root).replaceAll("\\", "/")));
    const paths = entries.map(([name]) => join(work, `${name}.js`));
    for (const [name, text] of entries) await Deno.writeTextFile(join(work, `${name}.js`), `${text}\n`);
    const plain = join(work, "plain");
    await runBundler(root, plain, paths);
    const count = await rewrite(plain, (text) => lightenCommander(requireBuiltIns(keepUsing(text))));
    await runBundler(root, output, entries.map(([name]) => join(plain, `${name}.js`)), "--minify");
    const left = await rewrite(output, hideLazyImports);
    if (left !== count) {
      throw new Error(`The bundle lost ${count - left} of ${count} declarations with using`);
    }
    await nameCommit(root, output);
    await replace(output, folder);
  } finally {
    await Deno.remove(work, { recursive: true });
  }
}

const REQUIRE_IMPORT = /import\s*\{\s*createRequire as (\w+)\s*\}\s*from\s*"node:module";\n?/;

/**
 * Lets packages that require Node modules get them without loading the package resolver, which would cost
 * every start: the function for it is in a module that all others import.
 */
function requireBuiltIns(text: string): string {
  const [line, name] = REQUIRE_IMPORT.exec(text) ?? [];
  if (line === undefined || name === undefined) return text;
  return text.replace(line, "").replace(
    `${name}(import.meta.url)`,
    "(name) => globalThis.process.getBuiltinModule(name)",
  );
}

/**
 * Hides lazy imports from the runtime until they run. It reads every module that a literal names before the start,
 * including the mail and message packages, which took two thirds of the time until the first page.
 */
function hideLazyImports(text: string): string {
  return text.replaceAll('import("./', 'import("."+"/');
}

/** Rewrites all modules of a folder; resolves to the number of `using` declarations in them. */
async function rewrite(folder: string, change: (text: string) => string): Promise<number> {
  let count = 0;
  for (const { name } of Array.from(Deno.readDirSync(folder))) {
    const text = await Deno.readTextFile(join(folder, name));
    const changed = change(text);
    count += countUsing(changed);
    if (changed !== text) await Deno.writeTextFile(join(folder, name), changed);
  }
  return count;
}

async function runBundler(
  root: string,
  output: string,
  entries: readonly string[],
  ...flags: readonly string[]
): Promise<void> {
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "bundle",
      "--quiet",
      "--platform=deno",
      "--code-splitting",
      ...flags,
      `--outdir=${output}`,
      ...entries,
    ],
    cwd: root,
    env: { NO_COLOR: "1" },
    stdout: "null",
    stderr: "piped",
  }).output();
  if (!success) throw new Error(`Cannot bundle the program: ${new TextDecoder().decode(stderr).trim()}`);
}

/** Writes the commit into the bundle, which cannot look it up at run time. */
async function nameCommit(root: string, output: string): Promise<void> {
  const commit = await readCommit(root);
  if (commit === null) return;
  const named = COMMIT_MARK.replace("unknown", commit);
  for (const { name } of Deno.readDirSync(output)) {
    const text = await Deno.readTextFile(join(output, name));
    if (text.includes(COMMIT_MARK)) {
      await Deno.writeTextFile(join(output, name), text.replaceAll(COMMIT_MARK, named));
    }
  }
}

/** Null without git, or if the sources are not a clone, as in a container build. */
async function readCommit(root: string): Promise<string | null> {
  try {
    const git = new Deno.Command("git", { args: ["rev-parse", "HEAD"], cwd: root, stderr: "null" });
    const { success, stdout } = await git.output();
    return success ? new TextDecoder().decode(stdout).trim() : null;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}

/** Replaces the bundle: first the modules that others import; obsolete ones are removed last. */
async function replace(output: string, folder: string): Promise<void> {
  const names = Array.from(Deno.readDirSync(output), ({ name }) => name);
  const isEntry = (name: string) => !/-[A-Z0-9]{8}\.js$/.test(name);
  for (const name of names.toSorted((a, b) => Number(isEntry(a)) - Number(isEntry(b)))) {
    await Deno.rename(join(output, name), join(folder, name));
  }
  for (const { name, isFile } of Deno.readDirSync(folder)) {
    if (isFile && name.endsWith(".js") && !names.includes(name)) await Deno.remove(join(folder, name));
  }
}
