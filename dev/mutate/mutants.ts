/** Lists the possible mutations of a source: one operator or one constant at a time. */
import { stripTypeScriptTypes } from "node:module";
import { onlyCode } from "../../tests/support/sources.ts";

export interface Mutant {
  /** Relative to the root. */
  readonly path: string;
  /** Offset of the changed text in the source. */
  readonly at: number;
  readonly line: number;
  readonly column: number;
  readonly from: string;
  readonly to: string;
}

interface Rule {
  readonly pattern: RegExp;
  /** Returns the replacements; several give several mutants. */
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

const swap = (found: string) => SWAPS[found] ?? [];

/**
 * Formatted code has spaces around every binary operator, so a minus followed by a space subtracts. The
 * lookbehinds keep an operator from matching inside a longer one.
 */
const RULES: readonly Rule[] = [
  { pattern: /(?<=\s)(?:===|!==|<=|>=|&&|\|\||\+=|-=|\*=|\/=|[<>+*/%-])(?=\s)/g, to: swap },
  { pattern: /\+\+|--/g, to: swap },
  { pattern: /(?<![\w$.])(?:true|false)(?![\w$]|\s*:)/g, to: swap },
  { pattern: /(?<![\w$.])Math\.(?:min|max|floor|ceil)(?=\()/g, to: swap },
  { pattern: /(?<=\.)(?:some|every)(?=\()/g, to: swap },
  // Removes a negation, and makes a negative number positive.
  { pattern: /(?<=[\s([!:])!(?=[\w$(])/g, to: () => [""] },
  { pattern: /(?<=[\s([:])-(?=[\w$(])/g, to: () => [""] },
  {
    pattern: /(?<![\w$.])(?:\d[\d_]*(?:\.\d+)?|\.\d+)(?:e[+-]?\d+)?(?![\w$.])/g,
    to: (found) => [changeNumber(Number(found.replaceAll("_", "")))],
  },
];

/** Returns the next whole number, or half of a fraction: neither stays the same. */
function changeNumber(value: number): string {
  return String(Number.isInteger(value) ? value + 1 : value / 2);
}

/**
 * Returns every mutant of a source, in order. Leaves types, comments, strings and patterns alone, and skips
 * mutants that are not valid programs.
 */
export function findMutants(path: string, text: string): readonly Mutant[] {
  // Both keep every position.
  const code = onlyCode(stripTypeScriptTypes(text));
  const found: Mutant[] = [];
  for (const { pattern, to } of RULES) {
    for (const { index: at, 0: from } of code.matchAll(pattern)) {
      for (const changed of to(from)) {
        const mutant = { path, at, ...locate(text, at), from, to: changed };
        if (isProgram(applyMutant(text, mutant))) found.push(mutant);
      }
    }
  }
  return found.sort((a, b) => a.at - b.at || (a.to < b.to ? -1 : 1));
}

export function applyMutant(text: string, { at, from, to }: Mutant): string {
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

function locate(text: string, at: number): { readonly line: number; readonly column: number } {
  const before = text.slice(0, at);
  return { line: before.split("\n").length, column: at - before.lastIndexOf("\n") };
}
