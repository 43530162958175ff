/** The files of the project and their imports, for tests that read the source. */
import { dirname, join, relative } from "node:path/posix";
import { fileURLToPath } from "node:url";

export const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** Directories that are never part of the project, for checkouts without git. */
const OUTSIDE = new Set([".git", "_fresh", "_program", "dist", "node_modules"]);

/** Returns the sorted paths of all tracked files and new files that are not ignored, relative to the root. */
export async function projectFiles(): Promise<readonly string[]> {
  const paths = await listedByGit() ?? await walk(ROOT);
  const kept: string[] = [];
  for (const path of [...new Set(paths)].sort()) {
    // Deleted, but not committed yet.
    if (await Deno.lstat(join(ROOT, path)).then((info) => info.isFile, () => false)) kept.push(path);
  }
  return kept;
}

export function readProjectFile(path: string): Promise<string> {
  return Deno.readTextFile(join(ROOT, path));
}

export interface Source {
  /** Relative to the root. */
  readonly path: string;
  readonly text: string;
}

/** Every TypeScript file of the project. */
export async function projectSources(): Promise<readonly Source[]> {
  const paths = (await projectFiles()).filter((path) => /\.tsx?$/.test(path));
  return await Promise.all(paths.map(async (path) => ({ path, text: await readProjectFile(path) })));
}

export interface Import {
  /** A path relative to the root for files of the project, otherwise the specifier itself. */
  readonly target: string;
  readonly own: boolean;
  /** Whether it imports only types. */
  readonly typeOnly: boolean;
}

const STATEMENT = /(?<![.\w$])(?:import|export)\b\s*((?:type\b)?[^"'`;()]*?)\bfrom\s*(["'])(.+?)\2/g;
const BARE = /(?<![.\w$])import\s*(\(\s*)?(["'])(.+?)\2/g;

/** Returns the imports and re-exports of a file, including dynamic ones with a fixed specifier. */
export function importsOf({ path, text }: Source): readonly Import[] {
  const code = withoutComments(text);
  // Import statements in strings do not count.
  const mask = onlyCode(text);
  const found: Import[] = [];
  const add = (specifier: string, typeOnly: boolean) => {
    const own = /^(\.{1,2}|@)\//.test(specifier);
    const target = !own
      ? specifier
      : specifier.startsWith("@/")
      ? specifier.slice(2)
      : join(dirname(path), specifier);
    found.push({ target, own, typeOnly });
  };
  for (const match of code.matchAll(STATEMENT)) {
    const [, clause = "", , specifier = ""] = match;
    if (mask[match.index] !== " ") add(specifier, isTypeOnly(clause));
  }
  for (const match of code.matchAll(BARE)) if (mask[match.index] !== " ") add(match[3] ?? "", false);
  return found;
}

function isTypeOnly(clause: string): boolean {
  if (/^type\b/.test(clause)) return true;
  const names = /^\{([^}]*)\}\s*$/.exec(clause.trim())?.[1];
  return names !== undefined &&
    names.split(",").every((name) => name.trim() === "" || /^\s*type\s/.test(name));
}

/** Returns the code with blanked comments. */
export function withoutComments(text: string): string {
  return scan(text, (kind, part) => kind === "comment" ? blank(part) : part);
}

/** Returns the code with blanked comments, strings and regular expressions; expressions in templates stay. */
export function onlyCode(text: string): string {
  return scan(text, (kind, part) => kind === "code" ? part : blank(part));
}

/** Returns the contents of all strings and of the fixed parts of templates. */
export function stringsIn(text: string): readonly string[] {
  const strings: string[] = [];
  scan(text, (kind, part) => {
    if (kind === "string") strings.push(part.replace(/^["'`}]|(["'`]|\$\{)$/g, ""));
    return part;
  });
  return strings;
}

type Kind = "code" | "comment" | "string" | "pattern";

/** After these a slash begins a regular expression. */
const BEFORE_PATTERN = /(^|[=(,:[!&|?;{}>+\n]|\breturn|\btypeof)\s*$/;

/** Tokenizes code roughly: good enough for formatted TypeScript and JSX, whose text may contain lone quotes. */
function scan(text: string, turn: (kind: Kind, part: string) => string): string {
  let result = "";
  let codeFrom = 0;
  let at = 0;
  /** Brace depths at which a template continues. */
  const templates: number[] = [];
  let depth = 0;
  const take = (kind: Kind, end: number) => {
    if (at > codeFrom) result += turn("code", text.slice(codeFrom, at));
    result += turn(kind, text.slice(at, end));
    at = codeFrom = end;
  };
  while (at < text.length) {
    const char = text[at];
    const two = text.slice(at, at + 2);
    if (two === "//") take("comment", endOf(text, "\n", at));
    else if (two === "/*") take("comment", endOf(text, "*/", at + 2) + 2);
    else if (char === '"' || char === "'") take("string", endOfString(text, at, char));
    else if (char === "`" || char === "}" && templates.at(-1) === depth) {
      if (char === "}") templates.pop();
      const end = endOfTemplate(text, at + 1);
      if (text.startsWith("${", end - 2)) templates.push(depth);
      take("string", end);
    } else if (char === "/" && BEFORE_PATTERN.test(text.slice(Math.max(0, at - 12), at))) {
      const pattern = /^\/(?![*/])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\[\n])+\/[a-z]*/.exec(
        text.slice(at, at + 500),
      );
      if (pattern) take("pattern", at + pattern[0].length);
      else at++;
    } else {
      if (char === "{") depth++;
      if (char === "}") depth--;
      at++;
    }
  }
  return at > codeFrom ? result + turn("code", text.slice(codeFrom)) : result;
}

function endOf(text: string, mark: string, from: number): number {
  const found = text.indexOf(mark, from);
  return found < 0 ? text.length : found;
}

/** Returns the index after the closing quote, or the end of the line if there is none. */
function endOfString(text: string, from: number, quote: string): number {
  for (let at = from + 1; at < text.length; at++) {
    if (text[at] === "\\") at++;
    else if (text[at] === quote) return at + 1;
    else if (text[at] === "\n") return at;
  }
  return text.length;
}

/** Returns the index after the closing backtick or the next `${`. */
function endOfTemplate(text: string, from: number): number {
  for (let at = from; at < text.length; at++) {
    if (text[at] === "\\") at++;
    else if (text[at] === "`") return at + 1;
    else if (text.startsWith("${", at)) return at + 2;
  }
  return text.length;
}

function blank(text: string): string {
  return text.replace(/[^\n]/g, " ");
}

async function listedByGit(): Promise<readonly string[] | null> {
  try {
    const { success, stdout } = await new Deno.Command("git", {
      args: ["ls-files", "-z", "--cached", "--others", "--exclude-standard"],
      cwd: ROOT,
      stderr: "null",
    }).output();
    if (!success) return null;
    const paths = new TextDecoder().decode(stdout).split("\0").filter((path) => path !== "");
    return paths.length > 0 ? paths : null;
  } catch {
    return null;
  }
}

async function walk(directory: string): Promise<readonly string[]> {
  const paths: string[] = [];
  for await (const entry of Deno.readDir(directory)) {
    const path = join(directory, entry.name);
    if (entry.isDirectory && !OUTSIDE.has(entry.name)) paths.push(...await walk(path));
    else if (entry.isFile) paths.push(relative(ROOT, path));
  }
  return paths;
}
