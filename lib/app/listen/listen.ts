/**
 * Serves HTTP with a handler of the web platform, and adds what `Deno.serve` lacks: several addresses at
 * once, and limits of connections and of time. A stranger can open thousands of connections that send
 * nothing, half a head, no body, or that never read; each of them costs a descriptor and memory, and
 * without descriptors polling stops.
 */
import type { Socket } from "node:net";
import { isLoopback, peerAddress, peerGroup } from "../../net/address.ts";
import { createUpgrading } from "./upgrading.ts";
import { type AnsweringOptions, type AnsweringParts, createAnswering, type Entrance } from "./answering.ts";
import type { CertificateSource } from "./certificate.ts";
import { type Door, type Endpoint, openDoor } from "./door.ts";
import { connectionsFor, LIMITS, type Limits, readDescriptorLimit } from "./limits.ts";
import { Place } from "./place.ts";
import { Seats } from "./seats.ts";

export type { Endpoint } from "./door.ts";
export type { ListenInfo } from "./answering.ts";

export interface ListenerOptions extends AnsweringOptions {
  readonly limits?: Partial<Limits>;
  readonly certificate?: CertificateSource;
  /** Reports whether an address speaks for many clients, as a proxy does, and so has no limit of its own. */
  readonly speaksForMany?: (address: string) => boolean;
  /** Called when a limit closed connections: with the address or network, or null for the overall limit. */
  readonly onCrowd?: (group: string | null) => void;
}

export interface Listener {
  /** Number of open connections. */
  readonly connections: number;
  /** Listens on one more address or socket. @throws as `openDoor` does */
  open(endpoint: Endpoint): Promise<Door>;
  /** Stops accepting connections; answers in progress get a few seconds. */
  stop(): Promise<void>;
}

export function createListener(options: ListenerOptions): Listener {
  const limits: Limits = { ...LIMITS, connections: connectionsFor(readDescriptorLimit()), ...options.limits };
  const seats = new Seats(limits.connections, limits.connectionsEach);
  const places = new WeakMap<Socket, Place>();
  /** By the addresses of the connection, by which its encrypted socket finds the place of the plain one. */
  const unsecured = new Map<string, Place>();
  const doors = new Set<Door>();
  let stopping = false;
  const parts: AnsweringParts = {
    ...options,
    limits,
    placeOf: (socket) => places.get(socket),
    isStopping: () => stopping,
  };
  const answer = createAnswering(parts);
  const upgrade = createUpgrading(parts);

  function connected(socket: Socket, entrance: Entrance): boolean {
    const place = new Place(socket, chooseGroup(socket, entrance), limits.headMs);
    const key = formatKey(socket);
    places.set(socket, place);
    if (options.certificate && entrance.path === null) unsecured.set(key, place);
    leaveWith(socket, place, () => unsecured.delete(key));
    const left = seats.take(place);
    if (left !== null) options.onCrowd?.(left === "share" ? place.group : null);
    return left === "full";
  }

  /** Continues on another socket, because encryption gives the same connection a new one. */
  function secured(socket: Socket): void {
    const place = unsecured.get(formatKey(socket));
    if (!place) return void socket.destroy();
    places.set(socket, place);
    place.moveTo(socket);
    leaveWith(socket, place);
  }

  function leaveWith(socket: Socket, place: Place, left: () => void = () => {}): void {
    socket.once("close", () => {
      place.rest();
      seats.free(place);
      left();
    });
  }

  function chooseGroup(socket: Socket, { path }: Entrance): string | null {
    const address = path === null ? peerAddress(socket.remoteAddress) : null;
    if (address === null || isLoopback(address) || options.speaksForMany?.(address)) return null;
    return peerGroup(address);
  }

  return {
    get connections() {
      return seats.taken.length;
    },
    async open(endpoint) {
      const door = await openDoor(endpoint, {
        idleMs: limits.idleMs,
        ...options.certificate && { certificate: options.certificate },
        connected,
        secured,
        answer: (incoming, outgoing, entrance) => void answer(incoming, outgoing, entrance),
        upgrade: (incoming, socket, head, entrance) => void upgrade(incoming, socket, head, entrance),
      });
      const opened: Door = {
        port: door.port,
        close: async () => {
          doors.delete(opened);
          await door.close();
        },
      };
      doors.add(opened);
      return opened;
    },
    async stop() {
      stopping = true;
      const closed = Promise.all([...doors].map((door) => door.close()));
      for (const seat of seats.taken) if (seat.phase === "waiting") seat.leave();
      const timer = setTimeout(() => {
        for (const seat of seats.taken) seat.leave();
      }, limits.stopMs);
      await closed;
      clearTimeout(timer);
    },
  };
}

function formatKey(socket: Socket): string {
  return `${socket.remoteAddress}|${socket.remotePort}|${socket.localAddress}`;
}

export interface ListenOptions extends ListenerOptions {
  readonly hostname: string;
  /** 0 for any free port. */
  readonly port: number;
}

export interface ListeningServer extends Pick<Listener, "connections" | "stop"> {
  readonly port: number;
}

/** Listens on one address. @throws as `openDoor` does */
export async function listen({ hostname, port, ...options }: ListenOptions): Promise<ListeningServer> {
  const listener = createListener(options);
  const door = await listener.open({ hostname, port });
  return {
    port: door.port,
    get connections() {
      return listener.connections;
    },
    stop: listener.stop,
  };
}
