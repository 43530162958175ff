/** The starter config file: every possible entry, commented out, with its default. Pure. */
import { setUpHint } from "../provider/contract.ts";
import type { Provider } from "../provider/contract.ts";
import type { OptionFacts } from "./options.ts";

export function configTemplate(
  options: readonly OptionFacts[],
  providers: readonly Pick<Provider, "id" | "name" | "settings" | "signIn" | "optIn">[],
): string {
  const lines = [
    "# Settings of Syntrack. The environment and the command line override this file.",
    "# `syntrack config check` says whether everything in it is valid.",
    "",
    ...options.flatMap(({ names, doc, defaultText }) => {
      const own = names.find((name) => name.startsWith("SYNTRACK_"));
      if (own === undefined) return [];
      return [`# ${doc}`, `# ${own.slice("SYNTRACK_".length).toLowerCase()} = ${valueText(defaultText)}`, ""];
    }),
  ];
  for (const provider of providers) {
    const secret = provider.settings.find((setting) => setting.secret);
    lines.push(
      `# ${provider.name}: ${setUpHint(provider)}.`,
      ...provider.optIn === undefined ? [] : [`# Off unless enabled: ${provider.optIn}`],
      `# [providers.${provider.id}]`,
      `# enabled = ${provider.optIn === undefined}`,
      ...secret ? [`# ${secret.name.toLowerCase()}_file = "~/.syntrack/${provider.id}.key"`] : [],
      "",
    );
  }
  const example = providers[0];
  const secret = example?.settings.find((setting) => setting.secret);
  if (example && secret) {
    lines.push(
      "# One more login at a provider, repeated for each login:",
      "# [[accounts]]",
      `# provider = "${example.id}"`,
      '# name = "work"',
      `# ${secret.name.toLowerCase()}_file = "~/.syntrack/${example.id}-work.key"`,
      "",
    );
  }
  lines.push(
    "# A command of your own that alerts run, with the event as JSON on its standard input:",
    "# [hooks.opener]",
    '# command = "/usr/local/bin/opener"',
    '# args = ["--window"]',
    "# timeout = 30",
    "",
  );
  return lines.join("\n");
}

/** Quotes a default that is a word. */
function valueText(text: string): string {
  return /^\d+$/.test(text) ? text : JSON.stringify(text);
}
