/** Finds GitHub logins stored by editors, the Copilot CLI, OpenCode and gh. */
import { type ProviderContext, Secret } from "../../lib/provider/context.ts";
import { member } from "../../lib/provider_kit/decode.ts";
import { keychainSource, readKeychain } from "../../lib/provider_kit/keychain.ts";
import {
  firstSetting,
  jsonFile,
  OPENCODE_LOGINS,
  plainPath,
  textAt,
} from "../../lib/provider_kit/login_file.ts";
import { type Account, type LoginPlace, ProviderError } from "../../lib/provider/contract.ts";

export const HOST = "COPILOT_HOST";
export const GH_HOME = "GH_CONFIG_DIR";
export const OWN_TOKENS = ["COPILOT_TOKEN", "COPILOT_GITHUB_TOKEN"];
/** General GitHub tokens; a login made for Copilot takes precedence. */
export const COMMON_TOKENS = ["GH_TOKEN", "GITHUB_TOKEN"];

const GITHUB = "github.com";
const UNIX = ["linux", "darwin"] as const;
const EDITOR_LOGINS: readonly LoginPlace[] = ["apps.json", "hosts.json"].flatMap((
  name,
): readonly LoginPlace[] => [
  {
    path: `\${XDG_CONFIG_HOME:-~/.config}/github-copilot/${name}`,
    os: UNIX,
    what: "the login of Copilot in editors",
  },
  {
    path: `\${LOCALAPPDATA:-~/AppData/Local}/github-copilot/${name}`,
    os: ["windows"],
    what: "the login of Copilot in editors",
  },
]);
const CLI_LOGIN: LoginPlace = { path: "~/.copilot/config.json", what: "the login of the Copilot CLI" };
const GH_LOGINS: readonly LoginPlace[] = [
  { path: "${GH_CONFIG_DIR:-~/.config/gh}/hosts.yml", what: "the login of gh" },
  { path: "${APPDATA:-~/AppData/Roaming}/GitHub CLI/hosts.yml", os: ["windows"], what: "the login of gh" },
];

export const PLACES: readonly LoginPlace[] = [...EDITOR_LOGINS, CLI_LOGIN, OPENCODE_LOGINS, ...GH_LOGINS];

/**
 * Returns the first login found for the host.
 * @throws {ProviderError} `missing` when the host or a file cannot be used
 */
export async function findAccount(ctx: ProviderContext): Promise<Account | undefined> {
  const host = chooseHost(ctx);
  const found = firstSetting(ctx, OWN_TOKENS);
  const account = found
    ? { token: found.value, source: found.source }
    : await editorLogin(ctx, host) ?? await findOtherLogin(ctx, host);
  if (account === undefined) return undefined;
  const { token, source, user } = account;
  return {
    name: "default",
    source,
    secret: new Secret(token),
    ...user === undefined ? {} : { identity: user.toLowerCase() },
    ...host === GITHUB ? {} : { hosts: [apiHost(host)], facts: { host } },
  };
}

/** Tokens stay with the host they were issued for. */
function chooseHost(ctx: ProviderContext): string {
  const host = ctx.env(HOST)?.toLowerCase().replace(/^https:\/\//, "").replace(/\/$/, "") ?? GITHUB;
  if (host === GITHUB || /^[a-z0-9-]{1,63}\.ghe\.com$/.test(host)) return host;
  throw new ProviderError("missing", `${HOST} is neither ${GITHUB} nor a name under ghe.com`, {
    hint: `Set ${HOST} to a host such as octo.ghe.com`,
  });
}

export function apiHost(host: string = GITHUB): string {
  return `api.${host}`;
}

interface Login {
  readonly token: string;
  readonly source: string;
  readonly user?: string | undefined;
}

async function editorLogin(ctx: ProviderContext, host: string): Promise<Login | undefined> {
  for (const place of EDITOR_LOGINS) {
    const file = await jsonFile(ctx, place);
    // One entry for each program, with its id after the host.
    for (const name of Object.keys(file ?? {})) {
      const entry = name === host || name.startsWith(`${host}:`) ? member(file, name) : undefined;
      const token = textAt(entry, "oauth_token");
      if (token !== undefined) return { token, source: plainPath(place.path), user: textAt(entry, "user") };
    }
  }
  return undefined;
}

async function findOtherLogin(ctx: ProviderContext, host: string): Promise<Login | undefined> {
  const isCommon = host === GITHUB;
  if (isCommon) {
    const login = await cliLogin(ctx) ?? await openCodeLogin(ctx);
    if (login) return login;
    const found = firstSetting(ctx, COMMON_TOKENS);
    if (found) return { token: found.value, source: found.source };
  }
  for (const place of GH_LOGINS) {
    const login = ghLogin(await ctx.readText(place.path) ?? "", host);
    const folder = place === GH_LOGINS[0] ? ctx.find(GH_HOME) : undefined;
    if (login) return { ...login, source: folder ? `hosts.yml in ${folder.source}` : plainPath(place.path) };
  }
  // The keychain knows no folders: its entry may belong to another login.
  if (ctx.find(GH_HOME)) return undefined;
  const service = `gh:${host}`;
  const token = await readKeychain(ctx, service);
  return token === null ? undefined : { token, source: keychainSource(ctx, service) };
}

/** The file also contains comments and settings, so this takes only what looks like a login token. */
async function cliLogin(ctx: ProviderContext): Promise<Login | undefined> {
  const token = /"(gh[ou]_[A-Za-z0-9_]{4,255})"/.exec(await ctx.readText(CLI_LOGIN.path) ?? "")?.[1];
  return token === undefined ? undefined : { token, source: CLI_LOGIN.path };
}

async function openCodeLogin(ctx: ProviderContext): Promise<Login | undefined> {
  const token = textAt(await jsonFile(ctx, OPENCODE_LOGINS), "github-copilot", "refresh");
  return token === undefined ? undefined : { token, source: `the login "github-copilot" of OpenCode` };
}

/** Parses a host's token and user from gh's YAML, in the form gh itself writes. */
export function ghLogin(text: string, host: string): Omit<Login, "source"> | undefined {
  const lines = text.replace(/^\ufeff/, "").split(/\r?\n/);
  const start = lines.findIndex((line) => line.replace(/["']/g, "").trimEnd() === `${host}:`);
  if (start < 0) return undefined;
  const rest = lines.slice(start + 1);
  const end = rest.findIndex((line) => /^\S/.test(line));
  const block = end < 0 ? rest : rest.slice(0, end);
  // More deeply nested entries belong to other users.
  const valueOf = (name: string) =>
    block.flatMap((line) => {
      const match = new RegExp(`^(\\s+)${name}:\\s*["']?([^\\s"']+)["']?\\s*$`).exec(line);
      return match ? [{ depth: match[1]?.length ?? 0, value: match[2] ?? "" }] : [];
    }).toSorted((a, b) => a.depth - b.depth)[0]?.value;
  const token = valueOf("oauth_token");
  return token === undefined ? undefined : { token, user: valueOf("user") };
}
