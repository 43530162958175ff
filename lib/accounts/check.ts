/** Checks whether a described account can be added. Pure: looks only at the text. */
import type { Setting } from "../provider/context.ts";
import { nearest } from "../base/nearest.ts";
import type { Provider } from "../provider/contract.ts";
import { plain } from "../base/text.ts";

export interface NewAccount {
  readonly provider: string;
  /** Default: `default`, or the first free number. */
  readonly name?: string | undefined;
  /** By the name of the setting. */
  readonly values: Readonly<Record<string, string>>;
}

/** A problem with one field, named as in `values.ACME_API_KEY`. */
export interface AccountProblem {
  readonly field: string;
  readonly message: string;
}

/** Reports why nothing was changed. */
export class AccountError extends Error {
  override readonly name = "AccountError";
  readonly problems: readonly AccountProblem[];

  constructor(problems: readonly AccountProblem[]) {
    super(problems.map(({ message }) => message).join("; "));
    this.problems = problems;
  }
}

const MAX_VALUE = 16_384;
/**
 * A letter or digit first, so that no name looks like an option, a path or a signed number. Marks are part of the letters
 * of many scripts.
 */
const NAME = /^[\p{L}\p{N}][\p{L}\p{M}\p{N} ._@+-]{0,63}$/u;
// deno-lint-ignore no-control-regex
const CONTROL = /[\u0000-\u001f\u007f]/;

export function providerProblem(
  id: string,
  providers: readonly Pick<Provider, "id">[],
): AccountProblem | null {
  const known = providers.map((provider) => provider.id);
  if (known.includes(id)) return null;
  const suggestion = nearest(id, known);
  const hint = suggestion === null ? `expected one of ${known.join(", ")}` : `did you mean ${suggestion}?`;
  return { field: "provider", message: `Unknown provider "${plain(id, 64)}": ${hint}` };
}

export function nameProblem(name: string): AccountProblem | null {
  // Two spellings of the same letters would look like one account.
  if (NAME.test(name) && name.trim() === name && name.normalize("NFC") === name) return null;
  const wanted =
    "start with a letter or digit, followed by letters, digits, spaces and . _ @ + - (64 at most)";
  return { field: "name", message: `The name "${plain(name, 80)}" cannot be used: ${wanted}` };
}

/** Returns what is wrong with the values as settings of the provider, individually and together. */
export function valueProblems(
  { settings, name }: Pick<Provider, "settings" | "name">,
  values: Readonly<Record<string, string>>,
  isOwnPath: (path: string) => boolean = () => true,
): readonly AccountProblem[] {
  const known = new Map<string, Setting>(settings.map((setting) => [setting.name, setting]));
  const problems: AccountProblem[] = [];
  for (const [setting, value] of Object.entries(values)) {
    const field = `values.${plain(setting, 80)}`;
    if (!known.has(setting)) {
      const suggestion = nearest(setting, [...known.keys()]);
      const hint = suggestion === null
        ? `it has ${[...known.keys()].join(", ")}`
        : `did you mean ${suggestion}?`;
      problems.push({ field, message: `${name} has no setting "${plain(setting, 80)}": ${hint}` });
    } else if (value.trim() === "") problems.push({ field, message: `${setting} is empty` });
    else if (value.length > MAX_VALUE) problems.push({ field, message: `${setting} is too long` });
    else if (CONTROL.test(value)) {
      problems.push({ field, message: `${setting} has line breaks or controls in it: one line is expected` });
    } else if (known.get(setting)?.home && !isOwnPath(value.trim())) {
      problems.push({
        field,
        message: `${setting} must be a folder in your home folder here; ` +
          "to use another one, add the account at a terminal: syntrack account add",
      });
    }
  }
  const makes = settings.filter(({ secret, home }) => secret || home);
  if (makes.length === 0) {
    problems.push({
      field: "provider",
      message: `${name} detects its account: there is nothing to store`,
    });
  } else if (!makes.some((setting) => Object.hasOwn(values, setting.name))) {
    const names = makes.map((setting) => setting.name).join(" or ");
    problems.push({ field: "values", message: `An account of ${name} needs ${names}` });
  }
  return problems;
}
