/**
 * Whose limits a session hands over: of the login in the tool's file, of a token it was started with, or of
 * somebody who cannot be told. Nobody known is not the owner of the file, so such figures are shown and not kept.
 */

/** What takes the place of the login in the file, and by itself does not say whose it is. */
const UNKNOWN = [
  "ANTHROPIC_API_KEY",
  "CLAUDE_CODE_API_KEY_FILE_DESCRIPTOR",
  "CLAUDE_CODE_OAUTH_TOKEN_FILE_DESCRIPTOR",
  "CLAUDE_CODE_OAUTH_REFRESH_TOKEN",
  "CLAUDE_CODE_CUSTOM_OAUTH_URL",
  "CLAUDE_CODE_HOST_CREDS_FILE",
  "ANTHROPIC_IDENTITY_TOKEN",
  "ANTHROPIC_IDENTITY_TOKEN_FILE",
  "ANTHROPIC_UNIX_SOCKET",
  // The tool hides its login from what it starts: then nothing is known here.
  "CLAUDE_CODE_SUBPROCESS_ENV_SCRUB",
] as const;
/** `CLAUDE_CODE_USE_BEDROCK` and its like: another cloud answers, with limits of its own. */
const CLOUD = /^CLAUDE_CODE_USE_(?:BEDROCK|VERTEX|FOUNDRY|MANTLE|ANTHROPIC_AWS|GATEWAY)$/;
const BASE_URL = /^(?:ANTHROPIC|CLAUDE_CODE)(?:_[A-Z]+)*_BASE_URL$/;
const VENDOR = /^https:\/\/api\.anthropic\.com\/?$/;
/** The first that is set is the one the tool uses. */
const TOKENS = ["ANTHROPIC_AUTH_TOKEN", "CLAUDE_CODE_OAUTH_TOKEN"] as const;

/** Headers somebody adds to each request, where they say who asks. */
const HEADERS = "ANTHROPIC_CUSTOM_HEADERS";
const CREDENTIAL_HEADER = /(?:^|\n)\s*(?:authorization|x-api-key)\s*:/i;

type Variables = Readonly<Record<string, string | undefined>>;

export type Session =
  | { readonly kind: "file" }
  | { readonly kind: "token"; readonly token: string }
  | { readonly kind: "unknown" };

/** With whose login a session works, by the variables it was started with. */
export function sessionLogin(env: Variables): Session {
  const isSet = (name: string) => (env[name] ?? "").trim() !== "";
  const isOn = (name: string) => isSet(name) && !/^(?:0|false|no|off)$/i.test((env[name] ?? "").trim());
  const isElsewhere = Object.keys(env).some((name) =>
    CLOUD.test(name)
      ? isOn(name)
      : BASE_URL.test(name) && isSet(name) && !VENDOR.test((env[name] ?? "").trim())
  );
  const isOwn = CREDENTIAL_HEADER.test((env[HEADERS] ?? "").replaceAll("\\n", "\n"));
  if (isElsewhere || isOwn || UNKNOWN.some(isOn)) return { kind: "unknown" };
  const token = TOKENS.map((name) => env[name]?.trim() ?? "").find((text) => text !== "");
  return token === undefined ? { kind: "file" } : { kind: "token", token };
}

/**
 * The token in the text of the tool's file: null where it holds none, undefined where that cannot be told
 * because it is cut off or no JSON.
 *
 * @param text null where there is no file
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

/** The beginning of its SHA-256: tells tokens apart without saying them. */
export async function credentialOf(token: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(token));
  const bytes = [...new Uint8Array(digest).subarray(0, 6)];
  return bytes.map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
