/**
 * Several logins at one provider from the environment: `ACME_API_KEY` is the first,
 * `ACME_API_KEY_2` another, `ACME_API_KEY_2_NAME` what to call it.
 *
 * It reads settings and decides; it never asks anything.
 */
import type { Setting } from "../asking.ts";
import { enabledVariable, type Login, type Provider, ProviderError, variablePart } from "../provider.ts";
import type { Environment } from "./environment.ts";
import { problemText } from "./problem.ts";

/** More of one kind are written in the config file or added with `syntrack account add`. */
export const MOST_NUMBERED = 20;

export interface EnvironmentLogins {
  readonly enabled: boolean;
  readonly firstName?: string;
  readonly more: readonly Login[];
}

type Owner = Pick<Provider, "id" | "settings" | "optIn">;

export function environmentLogins(provider: Owner, environment: Environment): EnvironmentLogins {
  const name = provider.settings.map((setting) => nameOf(setting.name, environment)).find((one) => one);
  return {
    enabled: isEnabled(provider, environment),
    ...name === undefined ? {} : { firstName: name },
    more: numbers().filter((number) => isLogin(provider, number, environment))
      .map((number) => numbered(provider, number, environment)),
  };
}

/**
 * Whether a provider may be used: what its variable says; else, where its owner has to ask for it, whether
 * one of the settings is there that carry its name, as nobody sets `ACME_TOKEN` for anything else.
 */
export function isEnabled(provider: Owner, environment: Pick<Environment, "find">): boolean {
  const text = environment.find(enabledVariable(provider.id))?.value.toLowerCase();
  if (text === undefined) {
    return provider.optIn === undefined ||
      provider.settings.some(({ name }) =>
        name.startsWith(`${variablePart(provider.id)}_`) &&
        [name, `${name}_FILE`].some((one) => environment.find(one) !== undefined)
      );
  }
  return ["1", "true", "yes", "on"].includes(text);
}

/** The names a login's settings may have in the environment, for whoever looks for misspelt ones. */
export function numberedNames({ settings }: Pick<Provider, "settings">): readonly string[] {
  return settings.flatMap(({ name }) => [
    `${name}_NAME`,
    ...numbers().flatMap((
      number,
    ) => [`${name}_${number}`, `${name}_${number}_FILE`, `${name}_${number}_NAME`]),
  ]);
}

function numbers(): readonly number[] {
  return Array.from({ length: MOST_NUMBERED - 1 }, (_, index) => index + 2);
}

/** A secret, or a folder that holds one, makes a login; other settings only belong to it. */
function isLogin({ settings }: Owner, number: number, environment: Environment): boolean {
  return settings.some((setting) => {
    if (!setting.secret && !setting.home) return false;
    const name = `${setting.name}_${number}`;
    return environment.find(name) !== undefined || environment.find(`${name}_FILE`) !== undefined;
  });
}

function numbered({ settings }: Owner, number: number, environment: Environment): Login {
  const known = new Map<string, Setting>(settings.map((setting) => [setting.name, setting]));
  const name = settings.map((setting) => nameOf(`${setting.name}_${number}`, environment)).find((one) => one);
  return {
    name: name ?? String(number),
    find(asked) {
      const setting = known.get(asked);
      if (!setting) return undefined;
      const variable = `${asked}_${number}`;
      const { found, problem } = setting.secret
        ? environment.findSecret(variable)
        : { found: environment.find(variable), problem: undefined };
      if (problem) throw new ProviderError("missing", problemText(problem));
      return found && { value: found.value, source: found.source };
    },
  };
}

function nameOf(variable: string, environment: Environment): string | undefined {
  return environment.find(`${variable}_NAME`)?.value;
}
