/**
 * Lets commander start without Node's modules. It imports six of them, which takes longer than starting the
 * runtime, and uses most of them only to run a subcommand that is a file of its own, which this program has
 * none of. In the bundle, two become packages that need no Node, and the others load when they are used.
 */

/** Packages that replace modules of Node, which no source imports. */
export const REPLACEMENTS: readonly string[] = ["events", "strip-ansi"];

const COMMANDER = /^\/\/ \S*\/commander\/\S+\/lib\/command\.js$/m;
const EVENTS = /^import \{ EventEmitter \} from "node:events";$/gm;
const STRIP = /^import \{ stripVTControlCharacters(?: as (\w+))? \} from "node:util";$/gm;
const DEFERRED = /^import (\w+) from "(node:(?:child_process|fs|path|process))";$/gm;

/**
 * Rewrites the module that holds commander, and returns all others as they are.
 *
 * @param text a module as the bundler prints it without `--minify`
 * @throws {Error} when commander imports something of Node that is not known here
 */
export function lightenCommander(text: string): string {
  if (!COMMANDER.test(text)) return text;
  const light = text
    .replaceAll(EVENTS, 'import EventEmitter from "events";')
    .replaceAll(STRIP, (_line, name = "stripVTControlCharacters") => `import ${name} from "strip-ansi";`)
    .replaceAll(
      DEFERRED,
      (_line, name: string, module: string) =>
        `const ${name} = new Proxy({}, { get: (_, key) => globalThis.process.getBuiltinModule("${module}")[key] });`,
    );
  const [left] = /^import .* from "node:.*$/m.exec(light) ?? [];
  if (left !== undefined) throw new Error(`The module with commander imports more of Node: ${left}`);
  return light;
}
