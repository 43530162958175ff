/**
 * Where releases are published, and which signatures are trusted. `deno task release-key` writes both, here
 * and into `install.sh` and `install.ps1`; docs/release.md explains it.
 *
 * No release is public yet. Until then the address can belong to no one, and no key is trusted, so that
 * `syntrack update` sends no request and says so.
 */

/** Base of `latest/download/FILE` and `download/vVERSION/FILE`, the layout of GitHub releases. */
export const RELEASES_URL = "https://syntrack.invalid/releases";

/** Ed25519 public keys, the 32 bytes as base64. Two during the change from one to the other. */
export const RELEASE_KEYS: readonly string[] = [];

/** For mirrors and custom builds; read from the environment of the process only, not from files. */
export const URL_VARIABLE = "SYNTRACK_UPDATE_URL";
export const KEY_VARIABLE = "SYNTRACK_UPDATE_KEY";

export interface ReleaseServer {
  readonly url: URL;
  readonly keys: readonly string[];
}

/** Why a release server cannot be used, and what to do. */
export class NoReleaseServer extends Error {
  override readonly name = "NoReleaseServer";
  constructor(message: string, readonly hint: string) {
    super(message);
  }
}

/**
 * @param env the environment of the process
 * @throws {NoReleaseServer} when nothing is published, or the setting is invalid
 */
export function releaseServer(env: Readonly<Record<string, string | undefined>>): ReleaseServer {
  const ownUrl = env[URL_VARIABLE]?.trim() || undefined;
  const ownKeys = (env[KEY_VARIABLE] ?? "").split(/[\s,]+/).filter((key) => key !== "");
  for (const key of ownKeys) {
    if (publicKeyBytes(key) === null) {
      throw new NoReleaseServer(
        `${KEY_VARIABLE} contains no Ed25519 public key`,
        "Use the 44 characters `deno task release-key` printed: 32 bytes as base64",
      );
    }
  }
  const keys = [...RELEASE_KEYS, ...ownKeys];
  const url = parseUrl(ownUrl ?? RELEASES_URL);
  if (keys.length === 0 || url.hostname.endsWith(".invalid")) {
    throw new NoReleaseServer(
      "No release of syntrack is public yet, so there is nothing to update from, and nothing was contacted",
      `For releases of your own, set ${URL_VARIABLE} and ${KEY_VARIABLE}; see docs/install.md`,
    );
  }
  return { url, keys };
}

/** Returns the 32 bytes of a public key; null when invalid. */
export function publicKeyBytes(key: string): Uint8Array<ArrayBuffer> | null {
  if (!/^[A-Za-z0-9+/]{43}=$/.test(key)) return null;
  return Uint8Array.from(atob(key), (one) => one.charCodeAt(0));
}

/** Reports whether files may be downloaded from there: encrypted, or on this machine. All are verified. */
export function isAllowedUrl(url: URL): boolean {
  if (url.username !== "" || url.password !== "") return false;
  const isLoopback = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/.test(url.hostname);
  return url.protocol === "https:" || url.protocol === "http:" && isLoopback;
}

function parseUrl(text: string): URL {
  const url = URL.parse(text.endsWith("/") ? text : `${text}/`);
  if (url && isAllowedUrl(url)) return url;
  throw new NoReleaseServer(
    `${URL_VARIABLE} is not the address of a release server`,
    "It must start with https://, or with http:// for a server on this machine, and hold no user name",
  );
}
