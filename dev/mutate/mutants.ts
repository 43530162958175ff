/** What can be changed in a source: one operator or one constant at a time. */
import { stripTypeScriptTypes } from "node:module";
import { onlyCode } from "../../tests/support/sources.ts";

export interface Mutant {
  /** Relative to the root. */
  readonly path: string;
  /** Of the changed text, as an offset into the source. */
  readonly at: number;
  readonly line: number;
  readonly column: number;
  readonly from: string;
  readonly to: string;
}

interface Rule {
  readonly pattern: RegExp;
  /** What stands there instead; several make several mutants. */
  readonly to: (found: string) => readonly string[];
}

const SWAPS: Readonly<Record<string, readonly string[]>> = {
  "===": ["!=="],
  "!==": ["==="],
  "<=": ["<", ">"],
  ">=": [">", "<"],
  "<": ["<=", ">="],
  ">": [">=", "<="],
  "&&": ["||"],
  "||": ["&&"],
  "+": ["-"],
  "-": ["+"],
  "*": ["/"],
  "/": ["*"],
  "%": ["*"],
  "+=": ["-="],
  "-=": ["+="],
  "*=": ["/="],
  "/=": ["*="],
  "++": ["--"],
  "--": ["++"],
  "true": ["false"],
  "false": ["true"],
  "Math.min": ["Math.max"],
  "Math.max": ["Math.min"],
  "Math.floor": ["Math.ceil"],
  "Math.ceil": ["Math.floor"],
  "some": ["every"],
  "every": ["some"],
};

const swapped = (found: string) => SWAPS[found] ?? [];

/**
 * Formatted code sets blanks around every operator with two sides, so a minus with a blank after it subtracts.
 * The lookbehinds keep an operator from being found inside a longer one.
 */
const RULES: readonly Rule[] = [
  { pattern: /(?<=\s)(?:===|!==|<=|>=|&&|\|\||\+=|-=|\*=|\/=|[<>+*/%-])(?=\s)/g, to: swapped },
  { pattern: /\+\+|--/g, to: swapped },
  { pattern: /(?<![\w$.])(?:true|false)(?![\w$]|\s*:)/g, to: swapped },
  { pattern: /(?<![\w$.])Math\.(?:min|max|floor|ceil)(?=\()/g, to: swapped },
  { pattern: /(?<=\.)(?:some|every)(?=\()/g, to: swapped },
  // A turned condition turned back, and a negative number made positive.
  { pattern: /(?<=[\s([!:])!(?=[\w$(])/g, to: () => [""] },
  { pattern: /(?<=[\s([:])-(?=[\w$(])/g, to: () => [""] },
  {
    pattern: /(?<![\w$.])(?:\d[\d_]*(?:\.\d+)?|\.\d+)(?:e[+-]?\d+)?(?![\w$.])/g,
    to: (found) => [nextOf(Number(found.replaceAll("_", "")))],
  },
];

/** A whole number becomes the next one, a share its half: neither stays what it was. */
function nextOf(value: number): string {
  return String(Number.isInteger(value) ? value + 1 : value / 2);
}

/**
 * Every mutant of a source, in order. Types, comments, strings and patterns are left alone, and what would be no
 * program any more is no mutant.
 */
export function mutantsOf(path: string, text: string): readonly Mutant[] {
  // Both keep every place where it was.
  const code = onlyCode(stripTypeScriptTypes(text));
  const found: Mutant[] = [];
  for (const { pattern, to } of RULES) {
    for (const { index: at, 0: from } of code.matchAll(pattern)) {
      for (const changed of to(from)) {
        const mutant = { path, at, ...placeOf(text, at), from, to: changed };
        if (isProgram(mutated(text, mutant))) found.push(mutant);
      }
    }
  }
  return found.sort((a, b) => a.at - b.at || (a.to < b.to ? -1 : 1));
}

export function mutated(text: string, { at, from, to }: Mutant): string {
  return text.slice(0, at) + to + text.slice(at + from.length);
}

function isProgram(text: string): boolean {
  try {
    stripTypeScriptTypes(text);
    return true;
  } catch {
    return false;
  }
}

function placeOf(text: string, at: number): { readonly line: number; readonly column: number } {
  const before = text.slice(0, at);
  return { line: before.split("\n").length, column: at - before.lastIndexOf("\n") };
}
