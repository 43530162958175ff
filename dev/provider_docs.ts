/**
 * Writes what the documents say about providers, which a test compares with the registry: their names in the
 * README, the table in docs/providers/README.md, everything in docs/permissions.md, the names in
 * providers/products.ts, and the marks in lib/ui/marks.css.
 *
 *     deno run -A dev/provider_docs.ts
 */
import { formatDuration } from "../lib/model/view/format.ts";
import { type Provider, setUpHint } from "../lib/provider/contract.ts";
import { PRODUCTS_FILE, productsModule } from "./product_names.ts";
import { providers } from "../providers/mod.ts";

export const README = new URL("../README.md", import.meta.url);
export const PROVIDERS = new URL("../docs/providers/README.md", import.meta.url);
export const MARKS = new URL("../lib/ui/marks.css", import.meta.url);
export const PERMISSIONS = new URL("../docs/permissions.md", import.meta.url);

const BEGIN = "<!-- providers: made by dev/provider_docs.ts -->";
const END = "<!-- /providers -->";

/** Returns the README with the names of the registry. */
export function readmeWith(text: string): string {
  const names = providers.map(({ id, name }) => `[${name}](docs/providers/${id}.md)`);
  return between(text, `${names.slice(0, -1).join(",\n")} and\n${names.at(-1)}.`);
}

/** Returns the page about all providers with the registry's table. */
export function providersPage(text: string): string {
  return between(text, providerTable());
}

function between(text: string, part: string): string {
  const from = text.indexOf(BEGIN);
  const to = text.indexOf(END);
  if (from < 0 || to < from) throw new Error(`"${BEGIN}" or "${END}" is missing`);
  return `${text.slice(0, from)}${BEGIN}\n\n${part}\n\n${text.slice(to)}`;
}

/**
 * Returns the stylesheet of the vendors' marks: letters and colour by provider, for every part of a page that
 * names a provider, an account or a quota. Pages carry nothing for it.
 */
export function marksSheet(): string {
  const rules = providers.flatMap(({ id, vendor }) =>
    vendor === undefined ? [] : [
      `[data-provider="${id}"],\n[data-account^="${id}/"],\n[data-quota^="${id}/"] {\n  --mark: ${vendor.colour};\n  --mark-letters: "${vendor.letters}";\n}`,
    ]
  );
  return `/* Marks of vendors. Made by dev/provider_docs.ts of what each provider declares. */\n${
    rules.join("\n")
  }\n`;
}

function providerTable(): string {
  const rows = providers.map((provider) => [
    `[${provider.name}](${provider.id}.md)`,
    howFound(provider),
    provider.official ? "yes" : "no",
    formatDuration(Math.max(60_000, provider.everyMs ?? 0)),
  ]);
  return table(["Provider", "Credential", "Documented by the vendor", "Minimum interval"], rows);
}

function howFound({ settings, signIn, optIn, id }: Provider): string {
  const secret = settings.find((setting) => setting.secret);
  const ways = [...signIn ? [signIn] : [], ...secret ? [`\`${secret.name}\``] : []].join(", or ");
  const variable = `SYNTRACK_${id.toUpperCase().replaceAll("-", "_")}_ENABLED`;
  return optIn === undefined ? ways : `${ways}; off by default (\`${variable}=true\`)`;
}

export function permissionsPage(): string {
  const sections = providers.map((provider) => {
    const { name, hosts, hostEndings = [], places = [], commands = [], optIn } = provider;
    return [
      `### ${name}`,
      "",
      `Set up: ${setUpHint(provider)}.${optIn === undefined ? "" : ` Off by default: ${optIn}`}`,
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

/** Formats like `deno fmt`, so that formatting changes nothing. */
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

Made by \`deno run -A dev/provider_docs.ts\` from what each provider declares. The same declarations are enforced while the
program runs: a provider can reach no host, read no file and run no command that is not listed here.

\`syntrack doctor\` lists the files with their full paths on this machine and says which exist. \`syntrack doctor --permissions\`
prints the flags for Deno's own sandbox, made from the accounts that were found and nothing else: no host of a provider without an
account, only files that exist, and no command. \`syntrack serve --sandbox\`, which \`deno task start\` runs, restarts the server
with exactly that list. When you add a vendor or another host while it runs, the runtime refuses it until you restart; a file that is
refused counts as missing.

Besides what the accounts need, the list holds

- the address the dashboard listens on, and nothing else of the network;
- \`~/.syntrack\` and the folder of the database, to read and write (if the database is in your home folder itself, only its files);
- \`./.env\`, the config file, and the files that \`<NAME>_FILE\` variables point at, read only;
- a denial to write what decides the list: \`./.env\`, \`~/.syntrack/.env\`, the config file and \`~/.syntrack/custom\`;
- the environment as a whole. \`--sandbox\` passes on only the variables of the system, of Syntrack and of the vendors that were found;
- no prompt: what is not in the list is refused, never asked for.

No command may run unless you set \`SYNTRACK_RUN_COMMANDS=on\`, and then only one that answered. No list restricts a command:
\`aws\` runs what \`credential_process\` in its config says, and any command reaches the network and all of your files. Without
the setting, keychains are not queried in the sandbox (\`security\`, \`secret-tool\`), so a login that is only there is not found.

What the list cannot separate runs in one process: a provider that was tampered with reaches the logins, the database and the key of
stored accounts, and may send them to the hosts in the list and nowhere else.

The single executable carries its permissions in itself, and they are all (\`deno compile -A\`): which hosts and files are needed is
known only where it runs, and the runtime cannot narrow what was compiled. There \`serve --sandbox\` says so and exits. If you
want the list, run Syntrack from a clone.

## What leaves this machine

Calls to the hosts below, and nothing else. The runtime itself makes two more: \`deno run\` asks \`dl.deno.land\` once a day whether
there is a newer Deno, unless \`DENO_NO_UPDATE_CHECK=1\` is set, and fetches packages that are missing from its cache from the npm
registry, unless \`--cached-only\` is given. The tasks set both; \`deno task build\` fills the cache. To call the program without a
task, write \`DENO_NO_UPDATE_CHECK=1 deno run --cached-only -A cli.ts\`. The executable does neither.

The release server is asked by nobody but you: by \`syntrack update\` when you type it ([install.md](install.md)), and once a day for the number of
the newest version where you set \`SYNTRACK_UPDATE_CHECK=on\`, which puts its host into the list of permissions.

Files of vendors' tools are read, never written, unless the owner of an account asked for its login to be renewed.
In paths, \`\${NAME:-~/.tool}\` is the value of that variable, or what follows \`:-\` if it is not set.

## Providers
`;

if (import.meta.main) {
  await Deno.writeTextFile(README, readmeWith(await Deno.readTextFile(README)));
  await Deno.writeTextFile(PROVIDERS, providersPage(await Deno.readTextFile(PROVIDERS)));
  await Deno.writeTextFile(PERMISSIONS, permissionsPage());
  await Deno.writeTextFile(PRODUCTS_FILE, productsModule());
  await Deno.writeTextFile(MARKS, marksSheet());
}
