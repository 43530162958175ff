/** The address of releases and the trusted keys, which the program and both installers contain. */

export interface Trust {
  readonly url: string;
  /** Ed25519 public keys, the 32 bytes as base64. */
  readonly keys: readonly string[];
}

interface Place {
  readonly url: RegExp;
  readonly keys: RegExp;
  write(keys: readonly string[]): string;
}

const quote = (text: string) => `"${text}"`;

/** Their places in each file: the text before, the value, the text after. */
const PLACES: Readonly<Record<string, Place>> = {
  "lib/update/release_server.ts": {
    url: /^(export const RELEASES_URL = ")([^"]*)(";)$/m,
    keys: /^(export const RELEASE_KEYS: readonly string\[\] = \[)([^\]]*)(\];)$/m,
    // As `deno fmt` writes them.
    write: (keys) =>
      keys.length > 1 ? `\n${keys.map((key) => `  ${quote(key)},\n`).join("")}` : keys.map(quote).join(""),
  },
  "install.sh": {
    url: /^(RELEASES_URL=')([^']*)(')$/m,
    keys: /^(RELEASE_KEYS=')([^']*)(')$/m,
    write: (keys) => keys.join(" "),
  },
  "install.ps1": {
    url: /^(\$ReleasesUrl = ')([^']*)(')$/m,
    keys: /^(\$ReleaseKeys = ')([^']*)(')$/m,
    write: (keys) => keys.join(" "),
  },
};

export const TRUST_FILES: readonly string[] = Object.keys(PLACES);

/** @throws {Error} when a file does not have the expected form */
export function trustIn(path: string, text: string): Trust {
  const { url, keys } = placeIn(path);
  const [found, list] = [url.exec(text)?.[2], keys.exec(text)?.[2]];
  if (found === undefined || list === undefined) {
    throw new Error(`${path} names no address or keys of releases`);
  }
  return { url: found, keys: list.split(/[\s,"]+/).filter((key) => key !== "") };
}

/** Returns the text with another address and other keys. */
export function withTrust(path: string, text: string, trust: Trust): string {
  trustIn(path, text);
  const { url, keys, write } = placeIn(path);
  return text.replace(url, (_, before, _old, after) => `${before}${trust.url}${after}`)
    .replace(keys, (_, before, _old, after) => `${before}${write(trust.keys)}${after}`);
}

function placeIn(path: string): Place {
  const place = PLACES[path];
  if (!place) throw new Error(`${path} is none of ${TRUST_FILES.join(", ")}`);
  return place;
}
