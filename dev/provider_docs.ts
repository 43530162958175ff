/**
 * Writes what the documents say of providers, which a test holds against the registry: the table in the
 * README and everything in docs/permissions.md.
 *
 *     deno run -A dev/provider_docs.ts
 */
import { formatDuration } from "../lib/model/view/format.ts";
import { type Provider, setUpHint } from "../lib/provider/contract.ts";
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
prints the flags for Deno's own sandbox, made of the accounts that were found and nothing else: of a provider without an account
no host, of its files only those that were there, and no command. \`syntrack serve --sandbox\`, which is what \`deno task start\`
runs, starts the server anew with exactly that list. When you add a vendor or another host while it runs, the runtime refuses it
until you start again; a file that is refused is as good as not there.

Beside what the accounts need, the list holds

- the address the dashboard listens at, and nothing else of the network;
- \`~/.syntrack\` and the folder of the database, read and written (of a database that lies in your home folder itself, its files);
- \`./.env\`, the config file, and the files that \`<NAME>_FILE\` variables point at, read only;
- a refusal to write what decides the list: \`./.env\`, \`~/.syntrack/.env\`, the config file and \`~/.syntrack/custom\`;
- the environment as a whole. \`--sandbox\` hands on what the system, Syntrack and the vendors that were found are set by, and
  nothing else of it;
- no prompt: what is not in the list is refused, never asked for.

No command may be run unless you set \`SYNTRACK_RUN_COMMANDS=on\`, and then only one that answered. A command is bound by no list:
\`aws\` runs what \`credential_process\` in its config says, and any command reaches the network and all of your files. Without
the setting keychains are not asked in the sandbox (\`security\`, \`secret-tool\`), so a login that is only there is not found.

What the list does not part from one another lies in one process: a provider that was tampered with reaches the logins, the database
and the key of stored accounts, and may send them to the hosts in the list and nowhere else.

The single executable carries its permissions in itself, and they are all (\`deno compile -A\`): which hosts and files are needed is
known only where it runs, and the runtime cannot narrow what was compiled. \`serve --sandbox\` says so there and ends. Who wants the
list runs Syntrack from a clone.

## What leaves this machine

Calls to the hosts below, and nothing else. Two things are the runtime's own: \`deno run\` asks \`dl.deno.land\` once a day whether
there is a newer Deno, unless \`DENO_NO_UPDATE_CHECK=1\` is set, and fetches packages that are not in its cache yet from the npm
registry, unless \`--cached-only\` is given. The tasks set both; \`deno task build\` fills the cache. Who calls the program without a
task writes \`DENO_NO_UPDATE_CHECK=1 deno run --cached-only -A cli.ts\`. The executable does neither.

Files of vendors' tools are read, never written, unless the owner of an account asked for its login to be renewed.
In paths, \`\${NAME:-~/.tool}\` is the value of that variable, or what follows \`:-\` where it is unset.

## Providers
`;

if (import.meta.main) {
  await Deno.writeTextFile(README, readmeWith(await Deno.readTextFile(README)));
  await Deno.writeTextFile(PERMISSIONS, permissionsPage());
}
