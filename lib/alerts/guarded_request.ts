/**
 * Sends channels' requests: only to allowed addresses, without
 * redirects, with a deadline and a bounded response.
 */
import { bracketAddress } from "../net/address.ts";
import { type Resolve, resolveHost } from "../net/resolve_host.ts";
import { type ChannelAnswer, ChannelError, notGranted } from "./channel.ts";

export interface GuardParts {
  readonly fetch: typeof fetch;
  /** Resolves a name. Default: the system's resolver. */
  readonly resolve?: Resolve;
}

const TIMEOUT_MS = 15_000;
const MAX_ANSWER_BYTES = 4096;
const MAX_RETRY_AFTER_MS = 24 * 3_600_000;

/** @throws {ChannelError} when the address is not allowed or does not answer */
export async function guardedRequest(
  { fetch, resolve }: GuardParts,
  url: string,
  init: RequestInit,
  signal: AbortSignal,
): Promise<ChannelAnswer> {
  if (!URL.canParse(url)) throw new ChannelError("The address of the channel is not a URL", { retry: false });
  const target = new URL(url);
  await checkAddress(target, resolve);
  let response: Response;
  try {
    response = await fetch(target, {
      ...init,
      redirect: "manual",
      signal: AbortSignal.any([
        signal,
        ...init.signal ? [init.signal] : [],
        AbortSignal.timeout(TIMEOUT_MS),
      ]),
    });
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) throw notGranted(target.host);
    const late = error instanceof DOMException && error.name === "TimeoutError";
    throw new ChannelError(
      `${target.host} ${late ? `did not answer within ${TIMEOUT_MS / 1000} s` : "cannot be reached"}`,
    );
  }
  if (response.status >= 300 && response.status < 400) {
    await response.body?.cancel();
    throw new ChannelError(
      `${target.host} answered with a redirect, which is not followed: set the final address`,
      { retry: false },
    );
  }
  return {
    status: response.status,
    text: await readBeginning(response),
    retryAfterMs: retryAfter(response.headers),
  };
}

/**
 * Rejects forbidden addresses. The name may resolve to another address a moment later, which is accepted here:
 * the request holds a message and its response is not shown, and a request to the bare address would not reach
 * servers that distinguish hosts by name.
 *
 * @throws {ChannelError}
 */
async function checkAddress(url: URL, resolve: Resolve | undefined): Promise<void> {
  if (url.protocol !== "https:" && url.protocol !== "http:") {
    throw new ChannelError("Only http and https addresses are allowed", { retry: false });
  }
  await checkHost(url, resolve, url.protocol === "http:" ? "plain http: use https" : null);
}

/**
 * Rejects hosts that must never be contacted, and without encryption those outside the own network.
 *
 * @param plain what is wrong with an unencrypted connection; null for an encrypted one
 * @returns its addresses
 * @throws {ChannelError}
 */
export async function checkHost(
  url: URL,
  resolve: Resolve | undefined,
  plain: string | null,
): Promise<readonly string[]> {
  const { addresses, kinds, isRefused } = await resolveHost(url, resolve);
  if (isRefused) throw notGranted(url.host);
  if (addresses.length === 0) throw new ChannelError(`${url.hostname} was not found (DNS)`);
  if (kinds.includes("forbidden")) {
    throw new ChannelError(
      `${url.hostname} is never contacted: cloud machines offer credentials at such addresses`,
      { retry: false },
    );
  }
  if (plain !== null && kinds.includes("public")) {
    throw new ChannelError(`${url.hostname} is not contacted over ${plain}`, { retry: false });
  }
  return addresses;
}

/**
 * Checks a server that a Node socket will connect to: the runtime asks for permission by address there, and such
 * sockets do not report that it was refused.
 *
 * @throws {ChannelError}
 */
export async function checkSocket(
  host: string,
  port: number,
  isPlain: boolean,
  resolve: Resolve | undefined,
): Promise<void> {
  const url = new URL(`http://${bracketAddress(host)}`);
  url.port = String(port);
  const plain = isPlain ? "an unencrypted connection: use an encrypted one" : null;
  for (const address of await checkHost(url, resolve, plain)) {
    const { state } = await Deno.permissions.query({
      name: "net",
      host: `${bracketAddress(address)}:${port}`,
    });
    if (state === "granted") return;
  }
  throw notGranted(url.host);
}

async function readBeginning(response: Response): Promise<string> {
  const reader = response.body?.getReader();
  if (!reader) return "";
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  try {
    while (bytes < MAX_ANSWER_BYTES) {
      const { done, value } = await reader.read();
      if (done) break;
      chunks.push(value);
      bytes += value.byteLength;
    }
  } catch {
    // The status is enough.
  }
  await reader.cancel().catch(() => {});
  const all = new Uint8Array(bytes);
  let at = 0;
  for (const chunk of chunks) {
    all.set(chunk, at);
    at += chunk.byteLength;
  }
  return new TextDecoder().decode(all.subarray(0, MAX_ANSWER_BYTES));
}

function retryAfter(headers: Headers): number | null {
  const seconds = Number(headers.get("retry-after") ?? NaN);
  return Number.isFinite(seconds) && seconds > 0 ? Math.min(MAX_RETRY_AFTER_MS, seconds * 1000) : null;
}
