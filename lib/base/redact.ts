/**
 * Masks secrets in text that leaves the process indirectly: log lines, stored responses, error messages. It
 * knows the discovered secrets in the forms in which they travel, and the typical shapes of others.
 *
 * Imports nothing. It is the second line of defence: the first is never to put a secret into such text.
 */

export interface Redactor {
  /** Masks this value wherever it appears from now on. */
  learn(secret: string): void;
  redact(text: string): string;
}

export const HIDDEN = "[hidden]";

/** Shorter values would mask ordinary words. */
const MIN_LENGTH = 6;

type Rule = readonly [pattern: RegExp, replacement: string];

const RULES: readonly Rule[] = [
  // Authorization headers and the like, up to the end of the value.
  [/\b(bearer|basic)\s+[\w.~+/=-]{4,}/gi, `$1 ${HIDDEN}`],
  [/(?<![a-z0-9])((?:set-)?cookie)\s*[:=]\s*[^\r\n"']+/gi, `$1: ${HIDDEN}`],
  [
    /(?<![a-z0-9])((?:proxy-)?authorization|x-api-key|api[-_ ]?key|access[-_]?token|refresh[-_]?token|id[-_]?token|client[-_]?secret|secret|password|passwd|token)(\\?["']?\s*[:=]\s*\\?["']?)(?!\[hidden\])[^\s"'\\,;&}]{3,}/gi,
    `$1$2${HIDDEN}`,
  ],
  // `key=value` as in a query or an env file. Without `=`, the word is too common to match.
  [/(?<![a-z0-9])(key|sig|signature)=(?!\[hidden\])[^\s"'\\,;&}]{6,}/gi, `$1=${HIDDEN}`],
  // User and password inside a URL.
  [/\b([a-z][a-z0-9+.-]{1,20}:\/\/)[^\s/@:"']*:[^\s/@"']+@/gi, `$1${HIDDEN}@`],
  // Known prefixes of keys.
  [
    /\b(?:syn_|sk-|sk_|pk_|rk_|ghp_|gho_|ghu_|ghs_|github_pat_|glpat-|xox[abpr]-|AKIA|AIza)[\w-]{6,}/g,
    HIDDEN,
  ],
  // JSON web tokens, and two-part keys such as `<id>.<secret>`.
  [/\beyJ[\w-]{6,}(?:\.[\w-]+){0,4}/g, HIDDEN],
  [/\b[0-9a-f]{24,}\.[\w-]{6,}/gi, HIDDEN],
  // Email addresses do not belong in a bug report.
  [/(?<![\w.%+-])[\w.%+-]{1,64}@[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){1,8}/gi, "[address]"],
];

/** The lookbehind ensures that each run is scanned once, from its start. */
const LONG_RUN = /(?<![\w+/-])[\w+/-]{32,}={0,2}/g;

/**
 * Decides whether to hide a long run: hex, or letters mixed with digits, is hardly ever prose. A run that
 * starts with a slash is a path, whose parts are checked separately.
 */
function hiddenRun(run: string): string {
  if (run.startsWith("/")) return run.split("/").map((part) => looksRandom(part) ? HIDDEN : part).join("/");
  if (!run.includes("/")) return looksRandom(run) ? HIDDEN : run;
  const mixed = run.length >= 40 && /[a-z]/.test(run) && /[A-Z]/.test(run) && /\d/.test(run);
  return mixed ? HIDDEN : run.split("/").map((part) => looksRandom(part) ? HIDDEN : part).join("/");
}

function looksRandom(run: string): boolean {
  return run.length >= 32 && /\d/.test(run) && /[a-z]/i.test(run);
}

export function createRedactor(): Redactor {
  const known = new Set<string>();
  let ordered: readonly string[] = [];

  return {
    learn(secret) {
      const value = secret.trim();
      if (value.length < MIN_LENGTH || known.has(value)) return;
      for (const form of listForms(value)) known.add(form);
      // Longest first, so that no secret is masked only in part because it starts with another one.
      ordered = [...known].sort((a, b) => b.length - a.length);
    },
    redact(text) {
      let safe = text;
      for (const secret of ordered) safe = safe.replaceAll(secret, HIDDEN);
      for (const [pattern, replacement] of RULES) safe = safe.replace(pattern, replacement);
      return safe.replace(LONG_RUN, (run) => hiddenRun(run));
    },
  };
}

/**
 * Returns the forms in which a secret may appear: itself, inside
 * JSON, inside a URL, and in Base64 (basic authentication).
 */
function listForms(value: string): readonly string[] {
  const bytes = new TextEncoder().encode(value);
  return [
    value,
    JSON.stringify(value).slice(1, -1),
    encodeURIComponent(value.toWellFormed()),
    bytes.toBase64(),
    bytes.toBase64({ alphabet: "base64url", omitPadding: true }),
  ];
}
