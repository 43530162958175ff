/**
 * Writes what the documents say of providers, which a test holds against the registry: the table in the
 * README and everything in docs/permissions.md.
 *
 *     deno run -A dev/provider_docs.ts
 */
import { formatDuration } from "../lib/model/format.ts";
import { type Provider, setUpHint } from "../lib/provider.ts";
import { providers } from "../providers/mod.ts";

export const README = new URL("../README.md", import.meta.url);
export const PERMISSIONS = new URL("../docs/permissions.md", import.meta.url);

const BEGIN = "<!-- providers: made by dev/provider_docs.ts -->";
const END = "<!-- /providers -->";

/** The README with the table as the registry has it. */
export function readmeWith(text: string): string {
  const from = text.indexOf(BEGIN);
  const to = text.indexOf(END);
  if (from < 0 || to < from) throw new Error(`The README lacks "${BEGIN}" or "${END}"`);
  return `${text.slice(0, from)}${BEGIN}\n\n${providerTable()}\n\n${text.slice(to)}`;
}

function providerTable(): string {
  const rows = providers.map((provider) => [
    `[${provider.name}](docs/providers/${provider.id}.md)`,
    howFound(provider),
    provider.official ? "yes" : "no",
    formatDuration(Math.max(60_000, provider.everyMs ?? 0)),
  ]);
  return table(["provider", "how it is found", "documented by the vendor", "asked at most every"], rows);
}

function howFound({ settings, signIn, optIn, id }: Provider): string {
  const secret = settings.find((setting) => setting.secret);
  const ways = [...signIn ? [signIn] : [], ...secret ? [`\`${secret.name}\``] : []].join(", or ");
  const variable = `SYNTRACK_${id.toUpperCase().replaceAll("-", "_")}_ENABLED`;
  return optIn === undefined ? ways : `${ways}; off unless asked for (\`${variable}=true\`)`;
}

export function permissionsPage(): string {
  const sections = providers.map((provider) => {
    const { name, hosts, hostEndings = [], places = [], commands = [], optIn } = provider;
    return [
      `### ${name}`,
      "",
      `Set up: ${setUpHint(provider)}.${optIn === undefined ? "" : ` Off unless asked for: ${optIn}`}`,
      "",
      `- asks ${
        [
          ...hosts.map((host) => `\`${host}\``),
          ...hostEndings.map((ending) => `hosts of the account that end in \`${ending}\``),
        ]
          .join(", ")
      }`,
      ...places.map(({ path, os, what }) => `- reads \`${path}\`${on(os)}: ${what}`),
      ...commands.map(({ name, os, what }) => `- runs \`${name}\`${on(os)}: ${what}`),
      "",
    ].join("\n");
  });
  return `${INTRODUCTION}\n${sections.join("\n").trimEnd()}\n`;
}

function on(os: readonly string[] | undefined): string {
  const names: Readonly<Record<string, string>> = { darwin: "macOS", linux: "Linux", windows: "Windows" };
  return os === undefined ? "" : ` on ${os.map((one) => names[one] ?? one).join(" and ")}`;
}

/** As the formatter leaves it, so that formatting changes nothing. */
function table(titles: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = titles.map((title, index) =>
    Math.max(title.length, ...rows.map((row) => row[index]?.length ?? 0))
  );
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, index) => cell.padEnd(widths[index] ?? 0)).join(" | ")} |`;
  return [line(titles), `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`, ...rows.map(line)]
    .join("\n");
}

const INTRODUCTION = `# What Syntrack touches

Made by \`deno run -A dev/provider_docs.ts\` from what each provider declares; the same declarations are enforced while the
program runs: a provider can ask no host, read no file and run no command that does not stand here.

\`syntrack doctor\` lists the files with their full paths on this machine and says which are there. \`syntrack doctor --permissions\`
prints the flags for Deno's own sandbox, made of the providers that are turned on and the accounts that were found;
\`deno task start\` runs the server with exactly that list. When you add a vendor or another host while it runs, the runtime
refuses it until you start again.

Beside what the providers need, the list holds

- the address the dashboard listens at, and nothing else of the network;
- \`~/.syntrack\` and the folder of the database, read and written;
- \`./.env\`, the config file, and the files that \`<NAME>_FILE\` variables point at, read only;
- the environment as a whole, since a second key is one more variable with a number behind its name, and which are set is not known beforehand;
- no prompt: what is not in the list is refused, never asked for.

Files of vendors' tools are read, never written, unless the owner of an account asked for its login to be renewed.
In paths, \`\${NAME:-~/.tool}\` is the value of that variable, or what follows \`:-\` where it is unset.

## Providers
`;

if (import.meta.main) {
  await Deno.writeTextFile(README, readmeWith(await Deno.readTextFile(README)));
  await Deno.writeTextFile(PERMISSIONS, permissionsPage());
}
