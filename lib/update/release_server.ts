/**
 * Where releases are published, and whose signature counts. `deno task release-key` writes both, here and into
 * `install.sh` and `install.ps1`; docs/release.md says how.
 *
 * No release is public yet. Until then the address is one that can belong to nobody, and no key is trusted, so
 * that `syntrack update` asks nobody and says so.
 */

/** Below it `latest/download/FILE` and `download/vVERSION/FILE`, as GitHub lays out releases. */
export const RELEASES_URL = "https://syntrack.invalid/releases";

/** Ed25519 public keys, the 32 bytes as base64. Two while one is replaced by another. */
export const RELEASE_KEYS: readonly string[] = [];

/** For mirrors and for builds of one's own; only the environment of the process counts, no file. */
export const URL_VARIABLE = "SYNTRACK_UPDATE_URL";
export const KEY_VARIABLE = "SYNTRACK_UPDATE_KEY";

export interface ReleaseServer {
  readonly url: URL;
  readonly keys: readonly string[];
}

/** Why a release server cannot be used, with what to do. */
export class NoReleaseServer extends Error {
  override readonly name = "NoReleaseServer";
  constructor(message: string, readonly hint: string) {
    super(message);
  }
}

/**
 * @param env the environment of the process
 * @throws {NoReleaseServer} where nothing is published, or what was set cannot be used
 */
export function releaseServer(env: Readonly<Record<string, string | undefined>>): ReleaseServer {
  const ownUrl = env[URL_VARIABLE]?.trim() || undefined;
  const ownKeys = (env[KEY_VARIABLE] ?? "").split(/[\s,]+/).filter((key) => key !== "");
  for (const key of ownKeys) {
    if (publicKeyBytes(key) === null) {
      throw new NoReleaseServer(
        `${KEY_VARIABLE} holds no Ed25519 public key`,
        "Give the 44 characters `deno task release-key` printed: 32 bytes as base64",
      );
    }
  }
  const keys = [...RELEASE_KEYS, ...ownKeys];
  const url = parseUrl(ownUrl ?? RELEASES_URL);
  if (keys.length === 0 || url.hostname.endsWith(".invalid")) {
    throw new NoReleaseServer(
      "No release of syntrack is public yet, so there is nothing to update from, and nobody was asked",
      `For releases of your own, set ${URL_VARIABLE} and ${KEY_VARIABLE}; see docs/install.md`,
    );
  }
  return { url, keys };
}

/** The 32 bytes of a public key; null for what is none. */
export function publicKeyBytes(key: string): Uint8Array<ArrayBuffer> | null {
  if (!/^[A-Za-z0-9+/]{43}=$/.test(key)) return null;
  return Uint8Array.from(atob(key), (one) => one.charCodeAt(0));
}

/** Whether files may be fetched from there: encrypted, or on this machine. What is fetched is checked either way. */
export function isAllowedUrl(url: URL): boolean {
  if (url.username !== "" || url.password !== "") return false;
  const isLoopback = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/.test(url.hostname);
  return url.protocol === "https:" || url.protocol === "http:" && isLoopback;
}

function parseUrl(text: string): URL {
  const url = URL.parse(text.endsWith("/") ? text : `${text}/`);
  if (url && isAllowedUrl(url)) return url;
  throw new NoReleaseServer(
    `${URL_VARIABLE} is no address of a release server`,
    "It has to begin with https://, or with http:// for a server on this machine, and hold no user name",
  );
}
