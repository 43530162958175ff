/** Opens the addresses and sockets on which the server listens, all at one port, and further ones later. */
import type { Endpoint, Listener } from "../listen/listen.ts";

/** An address or socket could not be bound; `cause` is the system's error. */
export class BindError extends Error {
  override readonly name = "BindError";
  readonly endpoint: Endpoint;

  constructor(endpoint: Endpoint, cause: unknown) {
    super(`Cannot listen on ${"path" in endpoint ? endpoint.path : endpoint.hostname}`, { cause });
    this.endpoint = endpoint;
  }
}

interface BoundEndpoint {
  readonly port: number;
  close(): Promise<void>;
}

export interface BoundEndpoints {
  /** 0 when there are only Unix sockets. */
  readonly port: number;
  readonly byAddress: Map<string, BoundEndpoint>;
}

const MAX_ATTEMPTS = 8;

/** Binds all; any port means one that is free at every address. @throws {BindError} */
export async function bindEndpoints(
  listener: Listener,
  endpoints: readonly Endpoint[],
): Promise<BoundEndpoints> {
  for (let attempt = 1;; attempt++) {
    const opened: BoundEndpoints & { port: number } = { port: 0, byAddress: new Map() };
    const failed = await openEach(listener, endpoints, opened);
    if (failed === null) return opened;
    await Promise.all([...opened.byAddress.values()].map((bound) => bound.close()));
    const { endpoint, cause } = failed;
    const isChance = "port" in endpoint && endpoint.port === 0 && opened.port !== 0 &&
      cause instanceof Deno.errors.AddrInUse;
    if (!isChance || attempt === MAX_ATTEMPTS) throw failed;
  }
}

async function openEach(
  listener: Listener,
  endpoints: readonly Endpoint[],
  opened: BoundEndpoints & { port: number },
): Promise<BindError | null> {
  for (const endpoint of endpoints) {
    const isAny = "port" in endpoint && endpoint.port === 0;
    try {
      const bound = await listener.open(isAny ? { ...endpoint, port: opened.port } : endpoint);
      opened.byAddress.set("path" in endpoint ? endpoint.path : endpoint.hostname, bound);
      opened.port ||= bound.port;
    } catch (error) {
      return new BindError(endpoint, error);
    }
  }
  return null;
}
