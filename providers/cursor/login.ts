/** Finds Cursor's login: in the editor's database, or in the command line's keychain entry. */
import { type Os, type ProviderContext, Secret } from "../../lib/provider/context.ts";
import { keychainSource, readKeychain } from "../../lib/provider_kit/keychain.ts";
import { textAt } from "../../lib/provider_kit/login_file.ts";
import type { Account, LoginPlace } from "../../lib/provider/contract.ts";
import { parseClaims, tokenExpiry } from "../../lib/provider_kit/token.ts";

export const TOKEN = "CURSOR_TOKEN";
export const USER = "CURSOR_USER_ID";
export const KEYCHAIN_SERVICE = "cursor-access-token";

const DATABASE = "Cursor/User/globalStorage/state.vscdb";
const FOLDERS: readonly (readonly [folder: string, os: Os])[] = [
  ["${XDG_CONFIG_HOME:-~/.config}", "linux"],
  ["~/Library/Application Support", "darwin"],
  ["${APPDATA:-~/AppData/Roaming}", "windows"],
];
export const PLACES: readonly LoginPlace[] = FOLDERS.map(([folder, os]) => ({
  path: `${folder}/${DATABASE}`,
  os: [os],
  what: "the login of Cursor",
}));

/** Values may be stored as bytes. */
const QUERY =
  "SELECT key, CAST(value AS TEXT) AS value FROM ItemTable WHERE key IN ('cursorAuth/accessToken', 'cursorAuth/stripeMembershipType')";

/** A token in the form it is sent, with its user. */
export interface Credential {
  readonly token: string;
  /** True for the web page's cookie, which only the web page accepts. */
  readonly isCookie: boolean;
  readonly user?: string | undefined;
}

/** Accepts a token, or the web page's cookie in any of its spellings. */
export function parseCredential(text: string, user?: string): Credential {
  const plain = text.trim().replace(/^WorkosCursorSessionToken=/, "").replace(/;.*$/, "");
  const [, owner, token] = /^(.+?)(?:%3A%3A|::)(.+)$/i.exec(plain) ?? [];
  if (owner !== undefined && token !== undefined) {
    return { token, isCookie: true, user: userIn(token) ?? owner };
  }
  return { token: plain, isCookie: false, user: userIn(plain) ?? user };
}

/** Returns the last part of `auth0|user_01ABC`. */
function userIn(token: string): string | undefined {
  return textAt(parseClaims(token), "sub")?.split("|").at(-1);
}

/**
 * Returns the editor's login; the command line's if that is valid and the editor's is not, or has no plan.
 */
export async function toolLogin(ctx: ProviderContext): Promise<Account | undefined> {
  const editor = await editorLogin(ctx);
  const isGood = editor && (editor.expiresAt ?? Infinity) > ctx.now();
  if (isGood && editor.facts?.plan !== "free") return editor;
  const text = await readKeychain(ctx, KEYCHAIN_SERVICE);
  const kept = text === null ? undefined : parseAccount(text, keychainSource(ctx, KEYCHAIN_SERVICE));
  const isOther = kept !== undefined && kept.identity !== editor?.identity;
  return kept && (!isGood || isOther) ? kept : editor;
}

async function editorLogin(ctx: ProviderContext): Promise<Account | undefined> {
  for (const { path } of PLACES) {
    const rows = await ctx.readRows(path, QUERY) ?? [];
    const valueOf = (name: string) => textAt(rows.find(({ key }) => key === `cursorAuth/${name}`), "value");
    const token = valueOf("accessToken");
    if (token !== undefined) {
      return parseAccount(token.replace(/^"(.*)"$/, "$1"), "state.vscdb of Cursor", {
        plan: valueOf("stripeMembershipType"),
      });
    }
  }
  return undefined;
}

export function parseAccount(
  text: string,
  source: string,
  { plan, user, remedy = "Open Cursor once to sign in again" }: {
    readonly plan?: string | undefined;
    readonly user?: string | undefined;
    readonly remedy?: string;
  } = {},
): Account {
  const credential = parseCredential(text, user);
  const expiresAt = tokenExpiry(credential.token);
  return {
    name: "default",
    source,
    secret: new Secret(text),
    remedy,
    ...credential.user === undefined ? {} : { identity: credential.user },
    ...expiresAt === undefined ? {} : { expiresAt },
    facts: {
      ...plan === undefined ? {} : { plan },
      ...user === undefined ? {} : { user },
    },
  };
}
