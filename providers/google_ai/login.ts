/**
 * The identity for Cloud Monitoring: a ready token, Application Default Credentials of a user or of a service
 * account, or none when there is only a key for model calls.
 */
import { type Memory, type ProviderContext, Secret } from "../../lib/provider/context.ts";
import { jsonFile, textAt } from "../../lib/provider_kit/login_file.ts";
import { requestTokens, type Tokens } from "../../lib/provider_kit/oauth.ts";
import { type Account, type LoginPlace, ProviderError } from "../../lib/provider/contract.ts";

export const TOKEN_URL = "https://oauth2.googleapis.com/token";
const SCOPE = "https://www.googleapis.com/auth/monitoring.read";
export const SIGN_IN = "Run gcloud auth application-default login";
/** A token is renewed when it has less than this left. */
const SPARE_MS = 5 * 60_000;

const WHAT = "Google's Application Default Credentials";
const FILE = "application_default_credentials.json";
/** In search order. */
export const PLACES: readonly LoginPlace[] = [
  { path: `\${GOOGLE_APPLICATION_CREDENTIALS:-~/.config/gcloud/${FILE}}`, what: WHAT },
  { path: `\${CLOUDSDK_CONFIG:-~/.config/gcloud}/${FILE}`, what: WHAT },
  { path: `\${APPDATA:-~/AppData/Roaming}/gcloud/${FILE}`, os: ["windows"], what: WHAT },
];

/** The settings that name a project, the most explicit first. */
export const PROJECTS = [
  "GOOGLE_AI_PROJECT",
  "GOOGLE_CLOUD_PROJECT",
  "GCLOUD_PROJECT",
  "CLOUDSDK_CORE_PROJECT",
];

/**
 * Returns the login in the first of the files that exists.
 * @throws {ProviderError} `missing` when it cannot be used
 */
export async function fileLogin(ctx: ProviderContext): Promise<Account | undefined> {
  const [own, ...usual] = PLACES;
  const isSet = ctx.find("GOOGLE_APPLICATION_CREDENTIALS") !== undefined;
  for (const place of isSet && own ? [own, ...usual] : usual) {
    const login = await jsonFile(ctx, place);
    if (login) return createAccount(login, place.path);
  }
  return undefined;
}

function createAccount(login: Readonly<Record<string, unknown>>, file: string): Account {
  const common = { name: "default", source: WHAT, remedy: SIGN_IN, file };
  const get = (name: string) => textAt(login, name);
  const project = get("quota_project_id") ?? get("project_id");
  const facts = project === undefined ? {} : { project };
  const [client, clientSecret, refresh] = [get("client_id"), get("client_secret"), get("refresh_token")];
  if (client !== undefined && clientSecret !== undefined && refresh !== undefined) {
    return {
      ...common,
      secret: new Secret(refresh),
      also: { clientSecret: new Secret(clientSecret) },
      facts: { ...facts, how: "person", client },
    };
  }
  const [email, key] = [get("client_email"), get("private_key")];
  if (email !== undefined && key !== undefined) {
    const remedy = "Make a new key for the service account and point GOOGLE_APPLICATION_CREDENTIALS at it";
    return { ...common, remedy, secret: new Secret(key), facts: { ...facts, how: "service", email } };
  }
  throw new ProviderError("missing", `${WHAT} are of a kind that is not supported`, {
    hint: `${SIGN_IN}, or use the key file of a service account`,
  });
}

interface Remembered {
  readonly token: string;
  readonly until: number;
}

/** Returns an access token, cached for its lifetime. @throws {ProviderError} */
export async function accessToken(ctx: ProviderContext, account: Account): Promise<string> {
  const how = account.facts?.how;
  if (how === "token") return account.secret.reveal();
  const known = readRemembered(ctx.memory);
  if (known && known.until - SPARE_MS > ctx.now()) return known.token;
  const tokens = how === "service" ? await tokensOfService(ctx, account) : await tokensOfPerson(ctx, account);
  ctx.memory.set("token", {
    token: tokens.access_token,
    until: ctx.now() + (tokens.expires_in ?? 0) * 1000,
  });
  return tokens.access_token;
}

function readRemembered(memory: Memory): Remembered | undefined {
  return memory.get("token") as Remembered | undefined;
}

function tokensOfPerson(ctx: ProviderContext, account: Account): Promise<Tokens> {
  return requestTokens(ctx, {
    vendor: "Google",
    url: TOKEN_URL,
    as: "form",
    remedy: account.remedy ?? SIGN_IN,
    finalCodes: ["invalid_client", "unauthorized_client"],
    body: {
      grant_type: "refresh_token",
      client_id: account.facts?.client ?? "",
      client_secret: account.also?.clientSecret?.reveal() ?? "",
      refresh_token: account.secret.reveal(),
    },
  });
}

async function tokensOfService(ctx: ProviderContext, account: Account): Promise<Tokens> {
  const now = Math.floor(ctx.now() / 1000);
  const claims = {
    iss: account.facts?.email ?? "",
    scope: SCOPE,
    // Ignore the file's own URL: a signed request must not be addressed to another host.
    aud: TOKEN_URL,
    iat: now,
    exp: now + 3600,
  };
  return await requestTokens(ctx, {
    vendor: "Google",
    url: TOKEN_URL,
    as: "form",
    remedy: account.remedy ?? SIGN_IN,
    body: {
      grant_type: "urn:ietf:params:oauth:grant-type:jwt-bearer",
      assertion: await signClaims(claims, account.secret.reveal()),
    },
  });
}

async function signClaims(claims: Readonly<Record<string, unknown>>, pem: string): Promise<string> {
  const body = `${encodePart(JSON.stringify({ alg: "RS256", typ: "JWT" }))}.${
    encodePart(JSON.stringify(claims))
  }`;
  const algorithm = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" };
  try {
    const binary = atob(pem.replace(/-----[A-Z ]+-----|\s/g, ""));
    const der = Uint8Array.from(binary, (character) => character.charCodeAt(0));
    const key = await crypto.subtle.importKey("pkcs8", der, algorithm, false, ["sign"]);
    const signature = await crypto.subtle.sign(algorithm, key, new TextEncoder().encode(body));
    return `${body}.${encodePart(String.fromCharCode(...new Uint8Array(signature)))}`;
  } catch {
    // The error message may contain parts of the key.
    throw new ProviderError("auth", "The private key of the service account cannot be used", {
      hint: "Make a new key for the service account and point GOOGLE_APPLICATION_CREDENTIALS at it",
    });
  }
}

/** Encodes as the Base64 variant of web tokens; the text is bytes. */
function encodePart(text: string): string {
  return btoa(text).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}
