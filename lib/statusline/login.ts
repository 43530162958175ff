/**
 * Whose limits a session hands over: of the login in the tool's file, of a token it was started with, or of
 * somebody who cannot be told. Nobody known is not the owner of the file, so such figures are shown and not kept.
 */

/** How the names of the tool's variables begin: those of the vendor, and its own. */
const VENDOR = "ANTHROPIC";
const TOOL = "CLAUDE_CODE";

/** What takes the place of the login in the file, and by itself does not say whose it is. */
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
  // Another cloud answers, with limits of its own.
  ...["BEDROCK", "VERTEX", "FOUNDRY", "MANTLE", `${VENDOR}_AWS`, "GATEWAY"].map((cloud) =>
    `${TOOL}_USE_${cloud}`
  ),
  // The tool hides its login from what it starts: then nothing is known here.
  `${TOOL}_SUBPROCESS_ENV_SCRUB`,
];
/** The first that is set is the one the tool uses. */
const TOKENS: readonly string[] = [`${VENDOR}_AUTH_TOKEN`, `${TOOL}_OAUTH_TOKEN`];
/** Where the tool asks, unless it is told another place. */
const ORIGIN = "https://api.anthropic.com";
const BASE_URL = new RegExp(`^(?:${VENDOR}|${TOOL})(?:_[A-Z]+)*_BASE_URL$`);
/** Headers somebody adds to each request, where they say who asks. */
const HEADERS = `${VENDOR}_CUSTOM_HEADERS`;
const CREDENTIAL_HEADER = /(?:^|\n)\s*(?:authorization|x-api-key)\s*:/i;

type Variables = Readonly<Record<string, string | undefined>>;

export type Session =
  | { readonly kind: "file" }
  | { readonly kind: "token"; readonly token: string }
  | { readonly kind: "unknown" };

/** With whose login a session works, by the variables it was started with. */
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
