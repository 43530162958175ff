/** Finds Claude Code's login, in a file or the keychain, and reads what it says about itself. */
import * as v from "valibot";
import { type ProviderContext, Secret } from "../../lib/provider/context.ts";
import { instantOrNull, isRecord, member } from "../../lib/provider_kit/decode.ts";
import { keychainSource, readKeychain } from "../../lib/provider_kit/keychain.ts";
import { jsonFile, plainPath, textAt } from "../../lib/provider_kit/login_file.ts";
import type { Account, LoginPlace } from "../../lib/provider/contract.ts";
import { sha256 } from "../../lib/provider_kit/token.ts";

export const HOME = "CLAUDE_CONFIG_DIR";
export const LOGIN: LoginPlace = {
  path: "${CLAUDE_CONFIG_DIR:-~/.claude}/.credentials.json",
  what: "the login of Claude Code",
};
/** Outside the login's folder, unless that was moved. */
export const OWNER: LoginPlace = {
  path: "${CLAUDE_CONFIG_DIR:-~}/.claude.json",
  what: "the owner of the login of Claude Code",
};
export const REMEDY = "Run claude once to sign in again";

const KEYCHAIN_SERVICE = "Claude Code-credentials";

/** Returns the file's login; if it is missing or expired, the keychain's if that lasts longer. */
export async function toolLogin(ctx: ProviderContext): Promise<Account | undefined> {
  const inFile = parseAccount(await jsonFile(ctx, LOGIN), fileSource(ctx));
  if (inFile?.expiresAt !== undefined && inFile.expiresAt > ctx.now()) {
    return await addOwner(ctx, inFile, true);
  }
  const service = await findService(ctx);
  const kept = await readKeychain(ctx, service);
  const inKeychain = kept === null ? undefined : parseAccount(objectIn(kept), keychainSource(ctx, service));
  const isNewer = (inKeychain?.expiresAt ?? 0) > (inFile?.expiresAt ?? 0);
  if (inKeychain && (!inFile || isNewer)) return await addOwner(ctx, inKeychain, false);
  return inFile && await addOwner(ctx, inFile, true);
}

function fileSource(ctx: ProviderContext): string {
  const folder = ctx.find(HOME);
  return folder ? `.credentials.json in ${folder.source}` : plainPath(LOGIN.path);
}

/** The tool uses a separate entry for each moved folder. */
async function findService(ctx: ProviderContext): Promise<string> {
  const folder = ctx.env(HOME);
  if (folder === undefined) return KEYCHAIN_SERVICE;
  return `${KEYCHAIN_SERVICE}-${(await sha256(folder.normalize("NFC"))).slice(0, 8)}`;
}

function objectIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The file may contain only logins of other servers; then no one is signed in. */
function parseAccount(login: unknown, source: string): Account | undefined {
  const oauth = member(login, "claudeAiOauth");
  const token = textAt(oauth, "accessToken");
  if (token === undefined) return undefined;
  const plan = textAt(oauth, "subscriptionType") ?? textAt(oauth, "rateLimitTier");
  const scopes = member(oauth, "scopes");
  const expiresAt = v.parse(instantOrNull, member(oauth, "expiresAt"));
  return {
    name: "default",
    source,
    secret: new Secret(token),
    remedy: REMEDY,
    ...expiresAt === null ? {} : { expiresAt },
    facts: {
      ...plan === undefined ? {} : { plan },
      ...Array.isArray(scopes) && scopes.length > 0
        ? { scopes: scopes.filter((one) => typeof one === "string").join(" ") }
        : {},
    },
  };
}

async function addOwner(ctx: ProviderContext, account: Account, isFile: boolean): Promise<Account> {
  const identity = await findOwner(ctx);
  return {
    ...account,
    ...identity === undefined ? {} : { identity },
    isOwnerBeside: true,
    ...isFile ? { file: LOGIN.path } : {},
  };
}

/**
 * Returns the id its tool recorded last, perhaps for another login. The file grows with use and contains much
 * else, so this looks only for the id, which may be missing.
 */
async function findOwner(ctx: ProviderContext): Promise<string | undefined> {
  try {
    const text = await ctx.readText(OWNER.path);
    return /"accountUuid"\s*:\s*"([0-9A-Za-z-]{8,64})"/.exec(text ?? "")?.[1];
  } catch {
    ctx.log.debug("Whose login it is cannot be read");
    return undefined;
  }
}

/** Returns the file's text with a new token pair, and everything else unchanged. */
export function withTokens(
  login: Readonly<Record<string, unknown>>,
  tokens: {
    readonly access: string;
    readonly refresh: string;
    readonly expiresAt: number;
    readonly scope: string | null;
  },
): Readonly<Record<string, unknown>> {
  const before = login.claudeAiOauth;
  return {
    ...login,
    claudeAiOauth: {
      ...isRecord(before) ? before : {},
      accessToken: tokens.access,
      refreshToken: tokens.refresh,
      expiresAt: tokens.expiresAt,
      ...tokens.scope === null ? {} : { scopes: tokens.scope.split(/\s+/).filter((one) => one !== "") },
    },
  };
}
