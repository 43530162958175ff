/**
 * Determines whose limits a session reports: those of the login in the tool's file, of the token it was started
 * with, or of an unknown owner. An unknown owner is not the file's, so such figures are shown but not stored.
 */

/** Prefixes of the tool's variables: the vendor's and its own. */
const VENDOR = "ANTHROPIC";
const TOOL = "CLAUDE_CODE";

/** Variables that replace the file's login without saying whose they are. */
const UNKNOWN: readonly string[] = [
  `${VENDOR}_API_KEY`,
  `${VENDOR}_IDENTITY_TOKEN`,
  `${VENDOR}_IDENTITY_TOKEN_FILE`,
  `${VENDOR}_UNIX_SOCKET`,
  `${TOOL}_API_KEY_FILE_DESCRIPTOR`,
  `${TOOL}_OAUTH_TOKEN_FILE_DESCRIPTOR`,
  `${TOOL}_OAUTH_REFRESH_TOKEN`,
  `${TOOL}_CUSTOM_OAUTH_URL`,
  `${TOOL}_HOST_CREDS_FILE`,
  // Another cloud answers, with its own limits.
  ...["BEDROCK", "VERTEX", "FOUNDRY", "MANTLE", `${VENDOR}_AWS`, "GATEWAY"].map((cloud) =>
    `${TOOL}_USE_${cloud}`
  ),
  // The tool hides its login from its child processes: then nothing is known here.
  `${TOOL}_SUBPROCESS_ENV_SCRUB`,
];
/** The tool uses the first one that is set. */
const TOKENS: readonly string[] = [`${VENDOR}_AUTH_TOKEN`, `${TOOL}_OAUTH_TOKEN`];
/** The tool's default endpoint. */
const ORIGIN = "https://api.anthropic.com";
const BASE_URL = new RegExp(`^(?:${VENDOR}|${TOOL})(?:_[A-Z]+)*_BASE_URL$`);
/** Headers a user adds to each request, which may identify the sender. */
const HEADERS = `${VENDOR}_CUSTOM_HEADERS`;
const CREDENTIAL_HEADER = /(?:^|\n)\s*(?:authorization|x-api-key)\s*:/i;

type Variables = Readonly<Record<string, string | undefined>>;

export type Session =
  | { readonly kind: "file" }
  | { readonly kind: "token"; readonly token: string }
  | { readonly kind: "unknown" };

/** Determines a session's login from the variables it was started with. */
export function sessionLogin(env: Variables): Session {
  const valueOf = (name: string) => env[name]?.trim() ?? "";
  const isOn = (name: string) => !/^(?:|0|false|no|off)$/i.test(valueOf(name));
  const isElsewhere = Object.keys(env).some((name) =>
    BASE_URL.test(name) && !["", ORIGIN].includes(valueOf(name).replace(/\/+$/, ""))
  );
  const hasOwnHeader = CREDENTIAL_HEADER.test(valueOf(HEADERS).replaceAll("\\n", "\n"));
  if (isElsewhere || hasOwnHeader || UNKNOWN.some(isOn)) return { kind: "unknown" };
  const token = TOKENS.map(valueOf).find((text) => text !== "");
  return token === undefined ? { kind: "file" } : { kind: "token", token };
}

/**
 * Extracts the token from the text of the tool's file: null when it has none, undefined when that is unknown
 * because the text is truncated or not JSON.
 *
 * @param text null when there is no file
 */
export function tokenIn(text: string | null): string | null | undefined {
  if (text === null) return null;
  try {
    const value: unknown = JSON.parse(text)?.claudeAiOauth?.accessToken;
    return typeof value === "string" && value !== "" ? value : null;
  } catch {
    return undefined;
  }
}

/** Returns the first part of its SHA-256, which identifies a token without revealing it. */
export async function hashCredential(token: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(token));
  const bytes = [...new Uint8Array(digest).subarray(0, 6)];
  return bytes.map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
