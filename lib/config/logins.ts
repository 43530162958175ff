/**
 * Several logins at one provider from the environment: `ACME_API_KEY` is the first, `ACME_API_KEY_2` another,
 * `ACME_API_KEY_2_NAME` its name.
 *
 * Reads settings and decides; sends no request.
 */
import type { Setting } from "../provider/context.ts";
import {
  enabledVariable,
  type Login,
  nameVariable,
  type Provider,
  ProviderError,
  variablePart,
} from "../provider/contract.ts";
import type { Environment } from "./environment.ts";
import { problemText } from "./problem.ts";

export interface EnvironmentLogins {
  readonly enabled: boolean;
  readonly firstName?: string;
  readonly more: readonly Login[];
}

type Owner = Pick<Provider, "id" | "settings" | "optIn">;

export function environmentLogins(provider: Owner, environment: Environment): EnvironmentLogins {
  const name = environment.find(nameVariable(provider.id))?.value ??
    provider.settings.map((setting) => findName(setting.name, environment)).find((one) => one);
  return {
    enabled: isEnabled(provider, environment),
    ...name === undefined ? {} : { firstName: name },
    more: listNumbers(provider, environment).map((number) => findNumbered(provider, number, environment)),
  };
}

/**
 * Reports whether a provider may be used: its variable decides; without it, an opt-in provider is on when one
 * of the settings carrying its name is set, because `ACME_TOKEN` is set for nothing else.
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

/**
 * Returns the numbers after setting names, in order. A secret, or a folder that contains one, creates a login;
 * other settings only belong to one.
 */
function listNumbers({ settings }: Owner, environment: Environment): readonly number[] {
  const makers = new Set(settings.filter(({ secret, home }) => secret || home).map(({ name }) => name));
  const numbers = new Set<number>();
  for (const { name } of environment.names()) {
    const [, setting = "", number = ""] = /^(.+?)_(\d{1,4})(?:_FILE)?$/.exec(name) ?? [];
    if (makers.has(setting) && Number(number) >= 2) numbers.add(Number(number));
  }
  return [...numbers].sort((a, b) => a - b);
}

function findNumbered({ settings }: Owner, number: number, environment: Environment): Login {
  const known = new Map<string, Setting>(settings.map((setting) => [setting.name, setting]));
  const name = settings.map((setting) => findName(`${setting.name}_${number}`, environment)).find((one) =>
    one
  );
  return {
    name: name ?? String(number),
    find(name) {
      const setting = known.get(name);
      if (!setting) return undefined;
      const variable = `${name}_${number}`;
      const { found, problem } = setting.secret
        ? environment.findSecret(variable)
        : { found: environment.find(variable), problem: undefined };
      if (problem) throw new ProviderError("missing", problemText(problem));
      return found && { value: found.value, source: found.source };
    },
  };
}

function findName(variable: string, environment: Environment): string | undefined {
  return environment.find(`${variable}_NAME`)?.value;
}
