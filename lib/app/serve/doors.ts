/** Opens the addresses and sockets on which the server listens, all at one port, and further ones later. */
import type { Endpoint, Listener } from "../listen/listen.ts";

/** An address or socket could not be bound; `cause` is the system's error. */
export class CannotBind extends Error {
  override readonly name = "CannotBind";
  readonly endpoint: Endpoint;

  constructor(endpoint: Endpoint, cause: unknown) {
    super(`Cannot listen on ${"path" in endpoint ? endpoint.path : endpoint.hostname}`, { cause });
    this.endpoint = endpoint;
  }
}

interface OpenDoor {
  readonly port: number;
  close(): Promise<void>;
}

export interface OpenDoors {
  /** 0 when there are only Unix sockets. */
  readonly port: number;
  /** By address. */
  readonly doors: Map<string, OpenDoor>;
}

const MAX_ATTEMPTS = 8;

/** Binds all; any port means one that is free at every address. @throws {CannotBind} */
export async function openDoors(listener: Listener, endpoints: readonly Endpoint[]): Promise<OpenDoors> {
  for (let attempt = 1;; attempt++) {
    const opened: OpenDoors & { port: number } = { port: 0, doors: new Map() };
    const failed = await openEach(listener, endpoints, opened);
    if (failed === null) return opened;
    await Promise.all([...opened.doors.values()].map((door) => door.close()));
    const { endpoint, cause } = failed;
    const isChance = "port" in endpoint && endpoint.port === 0 && opened.port !== 0 &&
      cause instanceof Deno.errors.AddrInUse;
    if (!isChance || attempt === MAX_ATTEMPTS) throw failed;
  }
}

async function openEach(
  listener: Listener,
  endpoints: readonly Endpoint[],
  opened: OpenDoors & { port: number },
): Promise<CannotBind | null> {
  for (const endpoint of endpoints) {
    const isAny = "port" in endpoint && endpoint.port === 0;
    try {
      const door = await listener.open(isAny ? { ...endpoint, port: opened.port } : endpoint);
      opened.doors.set("path" in endpoint ? endpoint.path : endpoint.hostname, door);
      opened.port ||= door.port;
    } catch (error) {
      return new CannotBind(endpoint, error);
    }
  }
  return null;
}
