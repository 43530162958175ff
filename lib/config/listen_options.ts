/** The options for listen addresses and accepted host names. */
import { isLoopback } from "../net/address.ts";
import { parseListen } from "./parse_listen.ts";
import type { Option } from "./option.ts";
import { NO_PROXY, PROXY_OPTIONS, type ProxyConfig, readProxy } from "./proxy_options.ts";

/** The values of the options below. */
export interface ListenConfig extends ProxyConfig {
  /** Explicit addresses; empty by default. */
  readonly hosts: readonly string[];
  readonly bindAll: boolean;
  /** Absolute path of a Unix socket, or null. */
  readonly unix: string | null;
  /** `name`, or `name:port`. */
  readonly allowHosts: readonly string[];
  readonly allowPlainHttp: boolean;
  /** Whether to find the address of the tailnet. */
  readonly tailscale: boolean;
  /** The tailnet address, if configured; then it is not detected. */
  readonly tailscaleIp: string | null;
  readonly tailscaleWaitMs: number;
}

/** Listens on this machine only. */
export const LOOPBACK_ONLY: ListenConfig = {
  hosts: [],
  bindAll: false,
  unix: null,
  allowHosts: [],
  allowPlainHttp: true,
  tailscale: false,
  tailscaleIp: null,
  tailscaleWaitMs: 0,
  ...NO_PROXY,
};

export const HOST: Option<readonly string[]> = {
  key: "host",
  field: "listen.hosts",
  names: ["SYNTRACK_HOST"],
  flag: "--host",
  doc: "Addresses to listen on; beyond this machine only if someone can sign in",
  effect: "restart",
  list: true,
  defaultText: "127.0.0.1",
  // A folder made by another user must not expose the dashboard to the network.
  isPrivileged: (hosts) => hosts.some((host) => host !== "localhost" && !isLoopback(host)),
  fallback: () => [],
  parse: parseListen.addresses,
  show: (hosts) => hosts.join(", ") || "127.0.0.1",
};

export const BIND_ALL: Option<boolean> = {
  key: "bind-all",
  field: "listen.bindAll",
  names: ["SYNTRACK_BIND_ALL"],
  flag: "--bind-all",
  doc: "Whether to listen on all addresses of this machine: on or off",
  effect: "restart",
  defaultText: "off",
  isPrivileged: (on) => on,
  fallback: () => false,
  parse: parseListen.onOff,
  show: onOffText,
};

export const UNIX: Option<string | null> = {
  key: "unix",
  field: "listen.unix",
  names: ["SYNTRACK_UNIX"],
  flag: "--unix",
  doc: "Path of a Unix socket to listen on, which only its owner can open",
  effect: "restart",
  defaultText: "none",
  fallback: () => null,
  parse: (text, _name, { resolve }) => parseListen.socketPath(text, resolve),
  show: (path) => path ?? "none",
};

export const ALLOW_HOST: Option<readonly string[]> = {
  key: "allow-host",
  field: "listen.allowHosts",
  names: ["SYNTRACK_ALLOW_HOST"],
  flag: "--allow-host",
  doc: "More names the dashboard can be opened by, such as usage.example.com, each with an optional port",
  effect: "restart",
  list: true,
  defaultText: "none",
  // It weakens the protection against other sites that point their name here.
  isPrivileged: (names) => names.length > 0,
  fallback: () => [],
  parse: parseListen.hostNames,
  show: listText,
};

export const ALLOW_PLAIN_HTTP: Option<boolean> = {
  key: "allow-plain-http",
  field: "listen.allowPlainHttp",
  names: ["SYNTRACK_ALLOW_PLAIN_HTTP"],
  doc: "Whether to serve http without encryption beyond this machine and a tailnet: on or off",
  effect: "restart",
  defaultText: "on",
  // A folder must not undo `off` set elsewhere.
  isPrivileged: (on) => on,
  fallback: () => true,
  parse: parseListen.onOff,
  show: onOffText,
};

export const TAILSCALE: Option<boolean> = {
  key: "tailscale",
  field: "listen.tailscale",
  names: ["SYNTRACK_TAILSCALE"],
  flag: "--tailscale",
  doc: "Whether to listen on this machine's address in the tailnet as well: on or off",
  effect: "restart",
  defaultText: "off",
  isPrivileged: (on) => on,
  fallback: () => false,
  parse: parseListen.onOff,
  show: onOffText,
};

export const TAILSCALE_IP: Option<string | null> = {
  key: "tailscale-ip",
  field: "listen.tailscaleIp",
  names: ["SYNTRACK_TAILSCALE_IP"],
  flag: "--tailscale-ip",
  doc: "Address of this machine in the tailnet, if it cannot be detected",
  effect: "restart",
  defaultText: "none",
  isPrivileged: (address) => address !== null,
  fallback: () => null,
  parse: parseListen.tailnetAddress,
  show: (address) => address ?? "none",
};

export const TAILSCALE_WAIT: Option<number> = {
  key: "tailscale-wait",
  field: "listen.tailscaleWaitMs",
  names: ["SYNTRACK_TAILSCALE_WAIT"],
  flag: "--tailscale-wait",
  doc: "How long to wait for the tailnet at the start, such as 60s or 5m",
  effect: "restart",
  defaultText: "0s",
  fallback: () => 0,
  parse: parseListen.wait,
  show: (ms) => `${ms / 1000}s`,
};

export const LISTEN_OPTIONS = [
  HOST,
  BIND_ALL,
  TAILSCALE,
  TAILSCALE_IP,
  TAILSCALE_WAIT,
  UNIX,
  ALLOW_HOST,
  ALLOW_PLAIN_HTTP,
  ...PROXY_OPTIONS,
] as const;

export function readListen(take: <T>(option: Option<T>) => T): ListenConfig {
  return {
    hosts: take(HOST),
    bindAll: take(BIND_ALL),
    tailscale: take(TAILSCALE),
    tailscaleIp: take(TAILSCALE_IP),
    tailscaleWaitMs: take(TAILSCALE_WAIT),
    unix: take(UNIX),
    allowHosts: take(ALLOW_HOST),
    allowPlainHttp: take(ALLOW_PLAIN_HTTP),
    ...readProxy(take),
  };
}

function onOffText(on: boolean): string {
  return on ? "on" : "off";
}

function listText(values: readonly string[]): string {
  return values.join(", ") || "none";
}
