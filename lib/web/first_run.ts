/** Builds the page of a new user: logins found here, a key to paste, the demo. */
import type { AppContext } from "../app/context.ts";
import { accountKey } from "../model/quota.ts";
import type { FirstRunProps } from "../ui/FirstRun.tsx";
import { addingView } from "./settings_page/views.ts";

/** @param chosen the provider whose key to paste, as the address names it; any text */
export async function firstRun(services: AppContext, chosen: string | null): Promise<FirstRunProps> {
  const [providers, entries] = await Promise.all([services.providers(), services.accounts.list()]);
  const choices = services.accounts.choices();
  const withKeys = choices.filter(({ settings }) => settings.some(({ secret }) => secret));
  const selected = withKeys.find(({ id }) => id === chosen) ?? withKeys[0];
  return {
    providers: providers.map(({ id, name, setup, problem }) => ({ id, name, setup, problem })),
    found: providers.flatMap(({ id, name, accounts }) =>
      accounts.map((account) => {
        const key = accountKey(id, account.name);
        return {
          key,
          title: account.name === "default" ? name : `${name} ${account.name}`,
          source: account.source,
          polling: entries.find((entry) => entry.key === key)?.polling ?? true,
        };
      })
    ),
    tools: choices.filter(({ settings }) => settings.some(({ home }) => home)).map(({ name }) => name),
    choices: withKeys.map(({ id, name }) => ({ id, name })),
    adding: selected === undefined ? null : addingView(services, selected.id, null),
    hosted: services.hosted ?? false,
  };
}
