/**
 * AWS keys: from the environment, from a profile in AWS's own files, or from AWS's own command for profiles
 * that sign in elsewhere (single sign-on, roles, processes), which runs only when a poll is due.
 */
import * as v from "valibot";
import { type FoundSetting, type ProviderContext, Secret } from "../../lib/provider/context.ts";
import { instantOrNull } from "../../lib/provider_kit/decode.ts";
import { firstSetting } from "../../lib/provider_kit/login_file.ts";
import { type Account, type Command, type LoginPlace, ProviderError } from "../../lib/provider/contract.ts";

export interface Keys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

const CREDENTIALS: LoginPlace = {
  path: "${AWS_SHARED_CREDENTIALS_FILE:-~/.aws/credentials}",
  what: "the keys of AWS profiles",
};
const CONFIG: LoginPlace = {
  path: "${AWS_CONFIG_FILE:-~/.aws/config}",
  what: "the settings of AWS profiles",
};
export const PLACES: readonly LoginPlace[] = [CREDENTIALS, CONFIG];
export const COMMANDS: readonly Command[] = [
  { name: "aws", what: "the keys of a profile that signs in elsewhere (aws configure export-credentials)" },
];

const DEFAULT_REGION = "us-east-1";
const SPARE_MS = 5 * 60_000;
/** Settings of a profile without its own keys. */
const ELSEWHERE = ["sso_session", "sso_start_url", "role_arn", "credential_process", "login_session"];

type Profile = ReadonlyMap<string, string>;

/** Returns the environment's account, or a profile's when something refers to one. */
export async function findAccount(ctx: ProviderContext, isRequested: boolean): Promise<Account | undefined> {
  const id = ctx.find("AWS_ACCESS_KEY_ID");
  const secret = ctx.find("AWS_SECRET_ACCESS_KEY");
  if (id && secret) {
    const token = ctx.find("AWS_SESSION_TOKEN");
    const region = chooseRegion(ctx, undefined);
    return withKeys(secret.source, region, {
      accessKeyId: id.value,
      secretAccessKey: secret.value,
      ...token && { sessionToken: token.value },
    });
  }
  if (id || secret) {
    throw new ProviderError("missing", "Only one of the two parts of an AWS key is set", {
      hint: "Set both AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
    });
  }
  const chosen = ctx.find("AWS_PROFILE");
  return isRequested || chosen ? await profileAccount(ctx, chosen) : undefined;
}

async function profileAccount(
  ctx: ProviderContext,
  chosen: FoundSetting | undefined,
): Promise<Account | undefined> {
  const name = chosen?.value ?? "default";
  const config = profileIn(await ctx.readText(CONFIG.path), name === "default" ? name : `profile ${name}`);
  const kept = profileIn(await ctx.readText(CREDENTIALS.path), name);
  const get = (key: string) => kept?.get(key) ?? config?.get(key);
  const region = chooseRegion(ctx, get("region"));
  const [accessKeyId, secretAccessKey] = [get("aws_access_key_id"), get("aws_secret_access_key")];
  const sessionToken = get("aws_session_token");
  const source = `profile "${name}" of AWS`;
  if (accessKeyId !== undefined && secretAccessKey !== undefined) {
    return withKeys(
      source,
      region,
      { accessKeyId, secretAccessKey, ...sessionToken && { sessionToken } },
    );
  }
  if (!chosen && !ELSEWHERE.some((key) => get(key) !== undefined)) return undefined;
  // Nothing secret yet: the keys are requested when needed.
  return {
    name: "default",
    source,
    secret: new Secret(""),
    remedy: `Run aws sso login --profile ${name}, or look at it with aws configure list --profile ${name}`,
    facts: { region, profile: name },
  };
}

function withKeys(source: string, region: string, keys: Keys): Account {
  const { accessKeyId, secretAccessKey, sessionToken } = keys;
  return {
    name: "default",
    source,
    secret: new Secret(secretAccessKey),
    ...sessionToken === undefined ? {} : { also: { sessionToken: new Secret(sessionToken) } },
    remedy: sessionToken === undefined
      ? `Check the access key of ${source}`
      : `Sign in to AWS again: the keys of ${source} are temporary`,
    facts: { region, accessKeyId },
  };
}

function chooseRegion(ctx: ProviderContext, ofProfile: string | undefined): string {
  const set = firstSetting(ctx, ["BEDROCK_REGION", "AWS_REGION", "AWS_DEFAULT_REGION"])?.value;
  const region = set ?? ofProfile ?? DEFAULT_REGION;
  if (/^[a-z]{2,3}(?:-[a-z]{2,12}){1,3}-\d{1,2}$/.test(region)) return region;
  throw new ProviderError("missing", "The AWS region is not valid", {
    hint: "Set BEDROCK_REGION or AWS_REGION to a name such as us-west-2",
  });
}

/** Parses one section of an AWS config file. */
function profileIn(text: string | null, section: string): Profile | undefined {
  let inside = false;
  let profile: Map<string, string> | undefined;
  for (const line of (text ?? "").split(/\r?\n/)) {
    const head = /^\s*\[\s*(.*?)\s*\]/.exec(line)?.[1];
    if (head !== undefined) {
      inside = head.replace(/\s+/g, " ").replaceAll('"', "") === section;
      if (inside) profile ??= new Map();
    } else if (inside) {
      const match = /^([A-Za-z_]\w*)\s*=\s*(.*?)\s*$/.exec(line);
      if (match?.[1] && match[2]) profile?.set(match[1].toLowerCase(), match[2]);
    }
  }
  return profile;
}

const Exported = v.object({
  AccessKeyId: v.pipe(v.string(), v.minLength(1)),
  SecretAccessKey: v.pipe(v.string(), v.minLength(1)),
  SessionToken: v.nullish(v.string()),
  Expiration: instantOrNull,
});

/**
 * Returns the keys to sign with. @throws {ProviderError} `auth` when the profile's own sign-in yields none
 */
export async function findKeys(ctx: ProviderContext, account: Account): Promise<Keys> {
  const { accessKeyId, profile } = account.facts ?? {};
  if (accessKeyId !== undefined) {
    const sessionToken = account.also?.sessionToken?.reveal();
    return { accessKeyId, secretAccessKey: account.secret.reveal(), ...sessionToken && { sessionToken } };
  }
  const known = ctx.memory.get("keys") as { readonly keys: Keys; readonly until: number } | undefined;
  if (known && known.until - SPARE_MS > ctx.now()) return known.keys;
  const args = ["configure", "export-credentials", "--profile", profile ?? "default", "--format", "process"];
  const ran = await ctx.run("aws", args, { timeoutMs: 10_000, capBytes: 64 * 1024 }).catch(() => undefined);
  if (ran === null) {
    throw new ProviderError("missing", "The profile signs in elsewhere, and AWS's own command is not there", {
      hint: "Install the AWS command line, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
    });
  }
  const result = v.safeParse(Exported, ran?.code === 0 ? parseJson(ran.stdout) : null);
  if (!result.success) {
    throw new ProviderError("auth", "AWS's own command gave no keys for the profile", {
      reason: "expired",
      hint: account.remedy ?? "Run aws sso login",
    });
  }
  const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = result.output;
  const keys: Keys = {
    accessKeyId: AccessKeyId,
    secretAccessKey: SecretAccessKey,
    ...SessionToken && { sessionToken: SessionToken },
  };
  if (Expiration !== null) ctx.memory.set("keys", { keys, until: Expiration });
  return keys;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
