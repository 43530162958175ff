/**
 * Serves HTTP with a handler of the web platform, and adds what `Deno.serve` lacks: several addresses at
 * once, and limits of connections and of time. A stranger can open thousands of connections that send
 * nothing, half a head, no body, or that never read; each of them costs a descriptor and memory, and
 * without descriptors polling stops.
 */
import type { Socket } from "node:net";
import { isLoopback, peerAddress, peerGroup } from "../../net/address.ts";
import { createUpgrading } from "./upgrading.ts";
import {
  type AnsweringOptions,
  type AnsweringParts,
  createAnswering,
  type EndpointInfo,
} from "./answering.ts";
import type { CertificateSource } from "./certificate.ts";
import { bindEndpoint, type BoundEndpoint, type Endpoint } from "./bound_endpoint.ts";
import { connectionsFor, LIMITS, type Limits, readDescriptorLimit } from "./limits.ts";
import { Connection } from "./connection.ts";
import { ConnectionPool } from "./connection_pool.ts";

export type { Endpoint } from "./bound_endpoint.ts";
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
  /** Listens on one more address or socket. @throws as `bindEndpoint` does */
  open(endpoint: Endpoint): Promise<BoundEndpoint>;
  /** Stops accepting connections; answers in progress get a few seconds. */
  stop(): Promise<void>;
}

export function createListener(options: ListenerOptions): Listener {
  const limits: Limits = { ...LIMITS, connections: connectionsFor(readDescriptorLimit()), ...options.limits };
  const pool = new ConnectionPool(limits.connections, limits.connectionsEach);
  const bySocket = new WeakMap<Socket, Connection>();
  /** Unencrypted connections by their addresses, for the encrypted socket that continues each. */
  const unsecured = new Map<string, Connection>();
  const endpoints = new Set<BoundEndpoint>();
  let stopping = false;
  const parts: AnsweringParts = {
    ...options,
    limits,
    findConnection: (socket) => bySocket.get(socket),
    isStopping: () => stopping,
  };
  const answer = createAnswering(parts);
  const upgrade = createUpgrading(parts);

  function addConnection(socket: Socket, endpointInfo: EndpointInfo): boolean {
    const connection = new Connection(socket, chooseGroup(socket, endpointInfo), limits.headMs);
    const key = formatKey(socket);
    bySocket.set(socket, connection);
    if (options.certificate && endpointInfo.path === null) unsecured.set(key, connection);
    removeOnClose(socket, connection, () => unsecured.delete(key));
    const closed = pool.add(connection);
    if (closed !== null) options.onCrowd?.(closed === "share" ? connection.group : null);
    return closed === "full";
  }

  /** Continues on another socket, because encryption gives the same connection a new one. */
  function moveToSecure(socket: Socket): void {
    const connection = unsecured.get(formatKey(socket));
    if (!connection) return void socket.destroy();
    bySocket.set(socket, connection);
    connection.moveTo(socket);
    removeOnClose(socket, connection);
  }

  function removeOnClose(socket: Socket, connection: Connection, onClose: () => void = () => {}): void {
    socket.once("close", () => {
      connection.clearTimer();
      pool.remove(connection);
      onClose();
    });
  }

  function chooseGroup(socket: Socket, { path }: EndpointInfo): string | null {
    const address = path === null ? peerAddress(socket.remoteAddress) : null;
    if (address === null || isLoopback(address) || options.speaksForMany?.(address)) return null;
    return peerGroup(address);
  }

  return {
    get connections() {
      return pool.connections.length;
    },
    async open(endpoint) {
      const bound = await bindEndpoint(endpoint, {
        idleMs: limits.idleMs,
        ...options.certificate && { certificate: options.certificate },
        connected: addConnection,
        secured: moveToSecure,
        answer: (incoming, outgoing, endpointInfo) => void answer(incoming, outgoing, endpointInfo),
        upgrade: (incoming, socket, head, endpointInfo) => void upgrade(incoming, socket, head, endpointInfo),
      });
      const opened: BoundEndpoint = {
        port: bound.port,
        close: async () => {
          endpoints.delete(opened);
          await bound.close();
        },
      };
      endpoints.add(opened);
      return opened;
    },
    async stop() {
      stopping = true;
      const closed = Promise.all([...endpoints].map((bound) => bound.close()));
      for (const connection of pool.connections) if (connection.phase === "waiting") connection.close();
      const timer = setTimeout(() => {
        for (const connection of pool.connections) connection.close();
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

/** Listens on one address. @throws as `bindEndpoint` does */
export async function listen({ hostname, port, ...options }: ListenOptions): Promise<ListeningServer> {
  const listener = createListener(options);
  const bound = await listener.open({ hostname, port });
  return {
    port: bound.port,
    get connections() {
      return listener.connections;
    },
    stop: listener.stop,
  };
}
