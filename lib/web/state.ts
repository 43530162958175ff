/** The state of every request, and the typed helpers to define routes with. */
import { createDefine } from "fresh";
import type { AuditFacts, Client } from "../access/access.ts";
import type { Principal } from "../access/principal.ts";
import type { Identity } from "../net/identity.ts";
import type { AppContext } from "../app/context.ts";
import type { Gate } from "./refresh_gate.ts";
import type { LiveStreams } from "./live.ts";
import type { Socket, Sockets } from "./sockets.ts";
import type { Preferences } from "./preferences.ts";

export interface State {
  services: AppContext;
  /** Address of the other end of the connection; null when there is none, as on a Unix socket. */
  peer: string | null;
  /** The user that a trusted proxy reports as signed in. */
  identity: Identity | null;
  /** Where the request comes from. */
  client: Client;
  /** The caller; null when unknown, which only public routes see. */
  principal: Principal | null;
  /** What the request did, for routes that can say more than their URL; null when nothing changed. */
  done?: Partial<AuditFacts> | null;
  /** The live streams of this app, which it counts. */
  live: LiveStreams;
  /** The WebSockets of this app, which it counts. */
  sockets: Sockets;
  /** Spaces out refreshes requested by users. */
  refreshGate: Gate;
  /** Path of the page, as the application knows it. */
  path?: string;
  /** Preferences the browser stores. */
  preferences: Preferences;
  /** Title of the page, set by its route. */
  title?: string;
  /** Address of its icon; default: the program's. */
  icon?: string;
}

export const define = createDefine<State>();

/** What the server passes to the app with each request. */
export interface RequestInfo extends Deno.ServeHandlerInfo {
  readonly services: AppContext;
  /** Present when a WebSocket is requested: calling it accepts it, and passes it on once both sides agree. */
  readonly upgrade?: TakeSocket;
  readonly identity: Identity | null;
}

export type TakeSocket = (taken: (socket: Socket) => void) => void;

/**
 * The second argument of the app's handler. The fields are listed one by one, because Deno's are accessors
 * and would be lost when spread.
 */
export function requestInfo(
  services: AppContext,
  info: Deno.ServeHandlerInfo & { readonly upgrade?: TakeSocket; readonly identity?: Identity | null },
): RequestInfo {
  const { remoteAddr, completed, upgrade, identity = null } = info;
  return { services, remoteAddr, completed, identity, ...upgrade && { upgrade } };
}
