/** Finds Gemini CLI's login: in a file, or in the keychain for newer versions. */
import * as v from "valibot";
import { type ProviderContext, Secret } from "../../lib/provider/context.ts";
import { instantOrNull, member } from "../../lib/provider_kit/decode.ts";
import { keychainSource, readKeychain } from "../../lib/provider_kit/keychain.ts";
import { jsonFile, plainPath, textAt } from "../../lib/provider_kit/login_file.ts";
import type { Account, LoginPlace } from "../../lib/provider/contract.ts";
import { isIssuedWith, parseClaims } from "../../lib/provider_kit/token.ts";

export const HOME = "GEMINI_CLI_HOME";
export const REMEDY = "Run gemini once to sign in again";

export const LOGIN: LoginPlace = {
  path: "${GEMINI_CLI_HOME:-~}/.gemini/oauth_creds.json",
  what: "the login of Gemini CLI",
};
export const SETTINGS: LoginPlace = {
  path: "${GEMINI_CLI_HOME:-~}/.gemini/settings.json",
  what: "how Gemini CLI signs in",
};

const KEYCHAIN_SERVICE = "gemini-cli-oauth";

export async function toolLogin(ctx: ProviderContext): Promise<Account | undefined> {
  const file = await jsonFile(ctx, LOGIN);
  const access = textAt(file, "access_token");
  const folder = ctx.find(HOME);
  if (access !== undefined) {
    const source = folder ? `.gemini/oauth_creds.json in ${folder.source}` : plainPath(LOGIN.path);
    const idToken = textAt(file, "id_token") ?? "";
    const identity = textAt(parseClaims(idToken), "sub");
    const account = createAccount(access, source, member(file, "expiry_date"), await kindOfLogin(ctx));
    // An identity token left over from another login names that login's user.
    const isBeside = identity === undefined || await isIssuedWith(idToken, access) === false;
    return {
      ...account,
      ...identity === undefined ? {} : { identity },
      ...isBeside ? { isOwnerBeside: true } : {},
      file: LOGIN.path,
    };
  }
  // There is one entry for all folders.
  const kept = folder ? null : await readKeychain(ctx, KEYCHAIN_SERVICE);
  const token = kept === null ? undefined : member(objectIn(kept), "token");
  const keptAccess = textAt(token, "accessToken");
  if (keptAccess === undefined) return undefined;
  const source = keychainSource(ctx, KEYCHAIN_SERVICE);
  const account = createAccount(keptAccess, source, member(token, "expiresAt"), await kindOfLogin(ctx));
  return { ...account, isOwnerBeside: true };
}

function createAccount(access: string, source: string, expiry: unknown, kind: string | undefined): Account {
  const expiresAt = v.parse(instantOrNull, expiry);
  return {
    name: "default",
    source,
    secret: new Secret(access),
    remedy: REMEDY,
    ...expiresAt === null ? {} : { expiresAt },
    facts: kind === undefined ? {} : { kind },
  };
}

/** The settings may contain comments, so this only searches them for one word instead of parsing them. */
async function kindOfLogin(ctx: ProviderContext): Promise<string | undefined> {
  try {
    const text = await ctx.readText(SETTINGS.path) ?? "";
    return /"selected(?:Auth)?Type"\s*:\s*"([a-z-]{1,40})"/.exec(text)?.[1];
  } catch {
    return undefined;
  }
}

function objectIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
