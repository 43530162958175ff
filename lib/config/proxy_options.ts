/** The options for certificates, for proxies in front of the server, and for the users they report. */
import { EVERY_USER, type IdentityRole } from "../net/identity.ts";
import type { Option } from "./option.ts";
import { parseListen } from "./parse_listen.ts";
import { parseProxy } from "./parse_proxy.ts";

export interface ProxyConfig {
  /** Absolute paths; null when not set. */
  readonly tlsCert: string | null;
  readonly tlsKey: string | null;
  /** Addresses and subnets, and the word `unix`. */
  readonly trustedProxies: readonly string[];
  /** `/ai-usage`, or empty. */
  readonly basePath: string;
  /** Lower case. */
  readonly authHeader: string | null;
  readonly authGroupsHeader: string | null;
  readonly authRoles: ReadonlyMap<string, IdentityRole>;
  readonly trustTailscaleIdentity: boolean;
}

/** No certificate and no proxy. */
export const NO_PROXY: ProxyConfig = {
  tlsCert: null,
  tlsKey: null,
  trustedProxies: [],
  basePath: "",
  authHeader: null,
  authGroupsHeader: null,
  authRoles: new Map([[EVERY_USER, "viewer"]]),
  trustTailscaleIdentity: false,
};

function fileOption(
  key: string,
  field: "tlsCert" | "tlsKey",
  variable: string,
  doc: string,
): Option<string | null> {
  return {
    key,
    field: `listen.${field}`,
    names: [variable],
    flag: `--${key}`,
    doc,
    effect: "restart",
    defaultText: "none",
    fallback: () => null,
    parse: (text, _name, { resolve }) => parseProxy.file(text, resolve),
    show: orNone,
  };
}

export const TLS_CERT = fileOption(
  "tls-cert",
  "tlsCert",
  "SYNTRACK_TLS_CERT",
  "File with the certificate chain for https, reloaded when it changes",
);
export const TLS_KEY = fileOption(
  "tls-key",
  "tlsKey",
  "SYNTRACK_TLS_KEY",
  "File with the private key of the certificate",
);

export const TRUSTED_PROXY: Option<readonly string[]> = {
  key: "trusted-proxy",
  field: "listen.trustedProxies",
  names: ["SYNTRACK_TRUSTED_PROXY"],
  flag: "--trusted-proxy",
  doc: "Addresses or subnets of proxies whose X-Forwarded headers count; unix for the Unix socket",
  effect: "restart",
  list: true,
  defaultText: "none",
  isPrivileged: (entries) => entries.length > 0,
  fallback: () => [],
  parse: parseProxy.subnets,
  show: (entries) => entries.join(", ") || "none",
};

export const BASE_PATH: Option<string> = {
  key: "base-path",
  field: "listen.basePath",
  names: ["SYNTRACK_BASE_PATH"],
  flag: "--base-path",
  doc: "Path under which a proxy serves the dashboard, such as /ai-usage",
  effect: "restart",
  defaultText: "/",
  fallback: () => "",
  parse: parseProxy.basePath,
  show: (path) => path || "/",
};

function headerOption(
  key: string,
  field: "authHeader" | "authGroupsHeader",
  variable: string,
  doc: string,
): Option<string | null> {
  return {
    key,
    field: `listen.${field}`,
    names: [variable],
    flag: `--${key}`,
    doc,
    effect: "restart",
    defaultText: "none",
    isPrivileged: (header) => header !== null,
    fallback: () => null,
    parse: parseProxy.header,
    show: orNone,
  };
}

export const AUTH_HEADER = headerOption(
  "auth-header",
  "authHeader",
  "SYNTRACK_AUTH_HEADER",
  "Header in which a trusted proxy names the signed-in user, such as Remote-User",
);
export const AUTH_GROUPS_HEADER = headerOption(
  "auth-groups-header",
  "authGroupsHeader",
  "SYNTRACK_AUTH_GROUPS_HEADER",
  "Header in which it lists the user's groups, such as Remote-Groups",
);

export const AUTH_ROLE: Option<ReadonlyMap<string, IdentityRole>> = {
  key: "auth-role",
  field: "listen.authRoles",
  names: ["SYNTRACK_AUTH_ROLE"],
  flag: "--auth-role",
  doc: "Role of a group or a user: admins=admin; * is everyone else, a viewer by default",
  effect: "restart",
  list: true,
  defaultText: "*=viewer",
  isPrivileged: () => true,
  fallback: () => NO_PROXY.authRoles,
  parse: parseProxy.roles,
  show: (roles) => [...roles].map(([group, role]) => `${group}=${role}`).join(", "),
};

export const TRUST_TAILSCALE_IDENTITY: Option<boolean> = {
  key: "trust-tailscale-identity",
  field: "listen.trustTailscaleIdentity",
  names: ["SYNTRACK_TRUST_TAILSCALE_IDENTITY"],
  flag: "--trust-tailscale-identity",
  doc: "Whether the identity headers of `tailscale serve` count, from a trusted proxy: on or off",
  effect: "restart",
  defaultText: "off",
  isPrivileged: (on) => on,
  fallback: () => false,
  parse: parseListen.onOff,
  show: (on) => on ? "on" : "off",
};

export const PROXY_OPTIONS = [
  TLS_CERT,
  TLS_KEY,
  TRUSTED_PROXY,
  BASE_PATH,
  AUTH_HEADER,
  AUTH_GROUPS_HEADER,
  AUTH_ROLE,
  TRUST_TAILSCALE_IDENTITY,
] as const;

export function readProxy(take: <T>(option: Option<T>) => T): ProxyConfig {
  return {
    tlsCert: take(TLS_CERT),
    tlsKey: take(TLS_KEY),
    trustedProxies: take(TRUSTED_PROXY),
    basePath: take(BASE_PATH),
    authHeader: take(AUTH_HEADER),
    authGroupsHeader: take(AUTH_GROUPS_HEADER),
    authRoles: take(AUTH_ROLE),
    trustTailscaleIdentity: take(TRUST_TAILSCALE_IDENTITY),
  };
}

function orNone(text: string | null): string {
  return text ?? "none";
}
