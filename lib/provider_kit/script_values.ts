/**
 * Extracts values from the inline scripts of a page: server-rendered sites embed their data as JavaScript,
 * not JSON: `$R[5]={balance:1234,reload:!0,at:new Date("2026-11-20")}`.
 *
 * Imports nothing and runs nothing: it parses literals and skips everything else.
 */

/** Real data nests a few levels; deeper text is malicious. */
const MAX_DEPTH = 16;
const MAX_VALUES = 50;

/**
 * Returns the values after `name:` in the page's scripts, in order. Dates come as their text, objects without
 * a prototype; anything but a literal is `undefined`. Names inside strings do not count.
 */
export function scriptValues(html: string, name: string): readonly unknown[] {
  const found: unknown[] = [];
  for (const text of scriptsOf(html)) {
    const script = new Script(text);
    for (let at = 0; at < text.length && found.length < MAX_VALUES;) {
      const token = script.tokenAt(at);
      at = token.end;
      const colon = token.word === name ? matchAt(COLON, text, at) : null;
      if (colon) found.push(new Literals(script, at + colon[0].length).value(0));
    }
  }
  return found;
}

/** Yields the content of each script element. */
function* scriptsOf(html: string): Generator<string> {
  const opening = /<script\b[^<>]*>/gi;
  const closing = /<\/script/gi;
  while (opening.exec(html)) {
    closing.lastIndex = opening.lastIndex;
    const end = closing.exec(html);
    if (!end) return;
    yield html.slice(opening.lastIndex, end.index);
    opening.lastIndex = closing.lastIndex;
  }
}

const COLON = /\s*:/y;

interface Token {
  readonly end: number;
  /** The name, or the content of a string; undefined for everything else. */
  readonly word?: string;
}

const NAME = /[A-Za-z_$][\w$]*/y;
const STRING = /"((?:[^"\\\n]|\\[\s\S])*)"|'((?:[^'\\\n]|\\[\s\S])*)'|`((?:[^`\\]|\\[\s\S])*)`/y;

class Script {
  readonly text: string;
  /** By quote: the position before which none closes, so that no text is searched twice. */
  readonly #unclosed = new Map<string, number>();

  constructor(text: string) {
    this.text = text;
  }

  /** Returns a name, a string, or a single character of anything else. */
  tokenAt(at: number): Token {
    const string = this.stringAt(at);
    if (string) return { end: at + string[0].length, word: string[1] ?? string[2] ?? string[3] ?? "" };
    const name = matchAt(NAME, this.text, at);
    return name ? { end: at + name[0].length, word: name[0] } : { end: at + 1 };
  }

  stringAt(at: number): RegExpExecArray | null {
    const quote = this.text[at] ?? "";
    if (!QUOTES.includes(quote) || at < (this.#unclosed.get(quote) ?? 0)) return null;
    const match = matchAt(STRING, this.text, at);
    if (!match) {
      const lineEnd = quote === "`" ? -1 : this.text.indexOf("\n", at);
      this.#unclosed.set(quote, lineEnd < 0 ? this.text.length : lineEnd);
    }
    return match;
  }
}

const QUOTES = ["'", '"', "`"];

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

const SPACE = /\s*/y;
/** `$R[12]=`: stores the value for later references. */
const REFERENCE = /(?:\$R\[\d+\]\s*=\s*)*/y;
const NUMBER = /-?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?(?![\w$.])/iy;
const DATE = /new Date\(\s*"([^"\\\n]*)"\s*\)/y;
const WORDS: readonly (readonly [pattern: RegExp, value: unknown])[] = [
  [/!0|true\b/y, true],
  [/!1|false\b/y, false],
  [/null\b/y, null],
];
const OPENING = "([{";
const CLOSING = ")]}";

/** Parses one literal after another. */
class Literals {
  readonly #script: Script;
  readonly #text: string;
  #at: number;

  constructor(script: Script, at: number) {
    this.#script = script;
    this.#text = script.text;
    this.#at = at;
  }

  value(depth: number): unknown {
    this.#take(SPACE);
    this.#take(REFERENCE);
    const character = this.#text[this.#at];
    if (character === "{" && depth < MAX_DEPTH) return this.#object(depth);
    if (character === "[" && depth < MAX_DEPTH) return this.#list(depth);
    const string = this.#script.stringAt(this.#at);
    if (string) {
      this.#at += string[0].length;
      return string[1] ?? string[2] ?? string[3] ?? "";
    }
    const date = this.#take(DATE);
    if (date) return date[1];
    const number = this.#take(NUMBER);
    if (number) return Number(number[0]);
    for (const [pattern, value] of WORDS) {
      if (this.#take(pattern)) return value;
    }
    this.#skip();
    return undefined;
  }

  #object(depth: number): Readonly<Record<string, unknown>> {
    const result: Record<string, unknown> = Object.create(null);
    this.#at++;
    while (!this.#isAtEnd("}")) {
      const { end, word } = this.#script.tokenAt(this.#at);
      this.#at = end;
      this.#take(SPACE);
      if (word !== undefined && this.#text[this.#at] === ":") {
        this.#at++;
        result[word] = this.value(depth + 1);
      }
      this.#toNext();
    }
    return result;
  }

  #list(depth: number): readonly unknown[] {
    const result: unknown[] = [];
    this.#at++;
    while (!this.#isAtEnd("]")) {
      result.push(this.value(depth + 1));
      this.#toNext();
    }
    return result;
  }

  /** Reports whether the bracket closes here or the text ends. */
  #isAtEnd(bracket: string): boolean {
    this.#take(SPACE);
    if (this.#at >= this.#text.length) return true;
    if (this.#text[this.#at] !== bracket) return false;
    this.#at++;
    return true;
  }

  /** Advances past the next comma, or to the closing bracket. */
  #toNext() {
    this.#skip();
    if (this.#text[this.#at] === ",") this.#at++;
    // A bracket of another kind closes nothing open: the text is broken, so stop.
    else if (!"]}".includes(this.#text[this.#at] ?? "")) this.#at = this.#text.length;
  }

  /** Skips a non-literal, up to the comma or bracket after it. */
  #skip() {
    for (let open = 0; this.#at < this.#text.length;) {
      const character = this.#text[this.#at] ?? "";
      if (open === 0 && (character === "," || CLOSING.includes(character))) return;
      if (OPENING.includes(character)) open++;
      else if (CLOSING.includes(character)) open--;
      this.#at = this.#script.tokenAt(this.#at).end;
    }
  }

  #take(pattern: RegExp): RegExpExecArray | null {
    const match = matchAt(pattern, this.#text, this.#at);
    if (match) this.#at += match[0].length;
    return match;
  }
}
