/** Finds Codex's login, and those other tools store for the same vendor. */
import { type ProviderContext, Secret } from "../../lib/provider/context.ts";
import { instantOrNull, isRecord, member } from "../../lib/provider_kit/decode.ts";
import { jsonFile, OPENCODE_LOGINS, plainPath, textAt } from "../../lib/provider_kit/login_file.ts";
import type { Account, LoginPlace } from "../../lib/provider/contract.ts";
import { parseClaims, tokenExpiry } from "../../lib/provider_kit/token.ts";
import * as v from "valibot";

export const HOME = "CODEX_HOME";
export const REMEDY = "Run codex once to sign in again";

const LOGIN: LoginPlace = { path: "${CODEX_HOME:-~/.codex}/auth.json", what: "the login of Codex" };
const OLD_LOGIN: LoginPlace = {
  path: "${XDG_CONFIG_HOME:-~/.config}/codex/auth.json",
  what: "the login of Codex, at its former place",
};

export const PLACES: readonly LoginPlace[] = [LOGIN, OLD_LOGIN, OPENCODE_LOGINS];

/** Returns the first login found: Codex's own, or the one OpenCode made for itself. */
export async function toolLogin(ctx: ProviderContext): Promise<Account | undefined> {
  for (const place of [LOGIN, OLD_LOGIN]) {
    const account = parseLogin(await jsonFile(ctx, place), describeSource(ctx, place));
    if (account) return { ...account, file: place.path };
  }
  const other = member(await jsonFile(ctx, OPENCODE_LOGINS), "openai");
  const access = member(other, "type") === "oauth" ? textAt(other, "access") : undefined;
  if (access === undefined) return undefined;
  const account = createAccount({
    access,
    accountId: textAt(other, "accountId"),
    source: `the login "openai" of OpenCode`,
    remedy: "Sign in to it again with OpenCode",
  });
  const expiresAt = account.expiresAt ?? v.parse(instantOrNull, member(other, "expires"));
  return expiresAt === null ? account : { ...account, expiresAt };
}

function describeSource(ctx: ProviderContext, place: LoginPlace): string {
  const folder = place === LOGIN ? ctx.find(HOME) : undefined;
  return folder ? `auth.json in ${folder.source}` : plainPath(place.path);
}

/** Also finds an API key login, to say that it has no subscription. */
function parseLogin(login: unknown, source: string): Account | undefined {
  const tokens = member(login, "tokens");
  const access = textAt(tokens, "access_token");
  if (access !== undefined) {
    return createAccount({
      access,
      accountId: textAt(tokens, "account_id"),
      idToken: textAt(tokens, "id_token"),
      source,
      remedy: REMEDY,
    });
  }
  const personal = textAt(login, "personal_access_token");
  if (personal !== undefined) {
    return {
      name: "default",
      source,
      secret: new Secret(personal),
      remedy: "Make a new access token in the settings of the workspace: codex login --with-access-token",
      facts: { kind: "access-token" },
    };
  }
  const key = textAt(login, "OPENAI_API_KEY");
  return key === undefined ? undefined : { name: "default", source, secret: new Secret(key), remedy: REMEDY };
}

export interface Tokens {
  readonly access: string;
  readonly accountId: string | undefined;
  readonly idToken?: string | undefined;
  readonly source: string;
  readonly remedy: string;
}

export function createAccount({ access, accountId, idToken, source, remedy }: Tokens): Account {
  const own = claimIn(access);
  const claims = own ?? claimIn(idToken ?? "");
  const workspace = accountId ?? textAt(claims, "chatgpt_account_id");
  // The token's own claims take precedence over values stored beside it, which may come from another login.
  const ofToken = textAt(own, "chatgpt_account_id");
  const person = textAt(claims, "chatgpt_user_id") ?? (ofToken === workspace ? undefined : ofToken);
  const identity = formatIdentity(workspace, person);
  const expiresAt = tokenExpiry(access);
  return {
    name: "default",
    source,
    secret: new Secret(access),
    remedy,
    ...identity === "" ? {} : { identity },
    ...expiresAt === undefined ? {} : { expiresAt },
    facts: workspace === undefined ? {} : { account: workspace },
  };
}

/** Members of a team share its account, so the user is part of the identity. Empty when nothing is known. */
export function formatIdentity(workspace: string | undefined, user: string | undefined): string {
  return [workspace, user].filter((one) => one !== undefined).join("/");
}

function claimIn(token: string): unknown {
  return member(parseClaims(token), "https://api.openai.com/auth");
}

/** Returns the file's content with new tokens, and everything else unchanged. */
export function withTokens(
  login: Readonly<Record<string, unknown>>,
  tokens: Readonly<Record<string, string>>,
  now: number,
): Readonly<Record<string, unknown>> {
  const before = login.tokens;
  return {
    ...login,
    tokens: { ...isRecord(before) ? before : {}, ...tokens },
    last_refresh: new Date(now).toISOString(),
  };
}
