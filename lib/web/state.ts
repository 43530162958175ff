/** What every request carries, and the typed helpers that routes are made with. */
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
  /** Address of the other end of the connection; null where there is none, as on a Unix socket. */
  peer: string | null;
  /** Whom a trusted proxy says is signed in. */
  identity: Identity | null;
  /** Where the request comes from. */
  client: Client;
  /** Who asks; null where nobody is known, which only public routes see. */
  principal: Principal | null;
  /** What the request did, where its route can say more than its address does; null where it changed nothing. */
  done?: Partial<AuditFacts> | null;
  /** The live streams of this app, which it counts. */
  live: LiveStreams;
  /** The WebSockets of this app, which it counts. */
  sockets: Sockets;
  /** Keeps refreshes asked for by people apart. */
  refreshGate: Gate;
  /** Path of the page, as the application knows it. */
  path?: string;
  /** What the browser keeps for itself. */
  preferences: Preferences;
  /** Title of the page, set by its route. */
  title?: string;
  /** Address of its icon; that of the program unless given. */
  icon?: string;
}

export const define = createDefine<State>();

/** What the server hands to the app with each request. */
export interface RequestInfo extends Deno.ServeHandlerInfo {
  readonly services: AppContext;
  /** Present where a WebSocket is asked for: calling it takes it, and hands it over once both sides agree. */
  readonly upgrade?: TakeSocket;
  readonly identity: Identity | null;
}

export type TakeSocket = (taken: (socket: Socket) => void) => void;

/**
 * The second argument of the app's handler. The fields are named one by one, because the ones
 * Deno gives are accessors and would be lost when spread.
 */
export function requestInfo(
  services: AppContext,
  info: Deno.ServeHandlerInfo & { readonly upgrade?: TakeSocket; readonly identity?: Identity | null },
): RequestInfo {
  const { remoteAddr, completed, upgrade, identity = null } = info;
  return { services, remoteAddr, completed, identity, ...upgrade && { upgrade } };
}
