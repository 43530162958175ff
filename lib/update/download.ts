/** Downloads the files of a release; never parses anything that no trusted key has signed. */
import { explainError } from "../base/text.ts";
import { isAllowedUrl, type ReleaseServer } from "./release_server.ts";
import { isSignedBy, SIGNATURE_BYTES } from "./signature.ts";
import { parseSums, type Release, type ReleaseFile, SIGNATURE_FILE, SUMS_FILE } from "./sums.ts";

/** Why a file could not be downloaded or is not trusted. Nothing was changed. */
export class UpdateError extends Error {
  override readonly name = "UpdateError";
  constructor(message: string, readonly hint: string) {
    super(message);
  }
}

export type Fetch = (url: URL, init: RequestInit) => Promise<Response>;

export interface DownloadOptions {
  readonly server: ReleaseServer;
  readonly userAgent: string;
  /** @default {the fetch of the runtime} */
  readonly fetch?: Fetch;
}

const MAX_SUMS_BYTES = 64 * 1024;
const MAX_ARCHIVE_BYTES = 400 * 1024 * 1024;
const MAX_REDIRECTS = 5;
const SMALL_MS = 30_000;
const ARCHIVE_MS = 15 * 60_000;
const TRY_AGAIN = "Nothing was changed. Check the address, or try again later";
const TAMPERED =
  "Nothing was changed. Do not install it from there. To verify it by hand, see docs/install.md";

/**
 * Returns the contents of a release: the newest, or that of a version.
 *
 * @throws {UpdateError} when it cannot be downloaded, or no trusted key signed it
 */
export async function fetchRelease(options: DownloadOptions, version?: string): Promise<Release> {
  const folder = version === undefined ? "latest/download/" : `download/v${version}/`;
  const get = (name: string, most: number) => download(options, folder + name, most, SMALL_MS);
  const [sums, signature] = await Promise.all([
    get(SUMS_FILE, MAX_SUMS_BYTES),
    get(SIGNATURE_FILE, SIGNATURE_BYTES),
  ]);
  if (!await isSignedBy(options.server.keys, sums, signature)) {
    throw new UpdateError(
      `The release at ${new URL(folder, options.server.url)} is not signed by a key this program trusts`,
      TAMPERED,
    );
  }
  const release = parseSums(new TextDecoder().decode(sums));
  if (release === null) {
    throw new UpdateError("The signed list of checksums has an unknown format", TRY_AGAIN);
  }
  // The signature of another version would be valid too.
  if (version !== undefined && release.version !== version) {
    throw new UpdateError(
      `Version ${version} was requested, but the release is ${release.version}`,
      TAMPERED,
    );
  }
  return release;
}

/** @throws {UpdateError} when it cannot be downloaded, or does not match its sum */
export async function fetchFile(
  options: DownloadOptions,
  version: string,
  { name, sha256 }: ReleaseFile,
): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = await download(options, `download/v${version}/${name}`, MAX_ARCHIVE_BYTES, ARCHIVE_MS);
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
  if (digest !== sha256) {
    throw new UpdateError(`${name} is not the signed file: its SHA-256 is ${digest}`, TAMPERED);
  }
  return bytes;
}

async function download(
  { server, userAgent, fetch = globalThis.fetch }: DownloadOptions,
  path: string,
  mostBytes: number,
  maxMs: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const signal = AbortSignal.timeout(maxMs);
  let url = new URL(path, server.url);
  try {
    for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
      const response = await fetch(url, { headers: { "user-agent": userAgent }, redirect: "manual", signal });
      const location = response.headers.get("location");
      if (response.status >= 300 && response.status < 400 && location !== null) {
        await response.body?.cancel();
        const next = URL.parse(location, url);
        if (next === null || !isAllowedUrl(next)) {
          throw new UpdateError(`${url} redirects to an address that is not encrypted`, TRY_AGAIN);
        }
        url = next;
        continue;
      }
      if (!response.ok) {
        await response.body?.cancel();
        const what = response.status === 404
          ? "does not exist"
          : `was refused with status ${response.status}`;
        throw new UpdateError(`${url} ${what}`, TRY_AGAIN);
      }
      return await readAll(response, url, mostBytes);
    }
  } catch (error) {
    if (error instanceof UpdateError) throw error;
    const reason = explainError(error);
    throw new UpdateError(`Cannot fetch ${url}: ${reason}`, TRY_AGAIN);
  }
  throw new UpdateError(`${url} redirects too often`, TRY_AGAIN);
}

async function readAll(response: Response, url: URL, most: number): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > most) throw new UpdateError(`${url} is larger than ${most} bytes`, TAMPERED);
    chunks.push(chunk as Uint8Array<ArrayBuffer>);
  }
  return new Uint8Array(await new Blob(chunks).arrayBuffer());
}
