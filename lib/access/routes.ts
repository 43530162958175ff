/**
 * What each route requires, by path pattern and method. Routes that are not listed are denied to everyone; a
 * test compares the list with the existing routes. Static files are not listed: they hold
 * no one's data.
 */
import type { Permission } from "./principal.ts";

export type Method = "GET" | "POST" | "PUT" | "DELETE";

export interface RouteRule {
  /** As in `/accounts/:provider/:name`. */
  readonly path: string;
  readonly methods: Readonly<Partial<Record<Method, Permission>>>;
  /** What a part of it requires in addition, as text for users. */
  readonly note?: string;
}

export const ROUTES: readonly RouteRule[] = [
  // Pages.
  { path: "/", methods: { GET: "read" } },
  { path: "/accounts/:provider/:name", methods: { GET: "read", POST: "write" } },
  { path: "/alerts", methods: { GET: "read", POST: "write" } },
  { path: "/alerts/channels", methods: { GET: "read", POST: "fresh" } },
  { path: "/alerts/dismiss", methods: { POST: "read" }, note: "stored only by the browser" },
  { path: "/analytics", methods: { GET: "read" } },
  { path: "/cycle-overview", methods: { GET: "read" } },
  { path: "/cycles", methods: { GET: "read" } },
  { path: "/history", methods: { GET: "read" } },
  { path: "/notes", methods: { GET: "read", POST: "write" } },
  { path: "/sessions", methods: { GET: "read" } },
  { path: "/stats", methods: { GET: "read" } },
  { path: "/spend", methods: { GET: "read", POST: "write" } },
  { path: "/help", methods: { GET: "read" } },
  { path: "/offline", methods: { GET: "read" } },
  {
    path: "/settings",
    methods: { GET: "read", POST: "write" },
    note: "adding, changing and removing accounts, and everything on the tab Data: `fresh`",
  },
  // For unknown clients.
  { path: "/login", methods: { GET: "public", POST: "public" } },
  {
    path: "/login/passkey",
    methods: { POST: "public" },
    note: "a challenge, which alone gives no access",
  },
  {
    path: "/me",
    methods: { GET: "any", POST: "any" },
    note: "passkeys, and setting or removing a password: signed in within 15 minutes",
  },
  { path: "/me/passkey", methods: { POST: "any" }, note: "signed in within 15 minutes" },
  { path: "/people", methods: { GET: "access", POST: "access" } },
  { path: "/audit", methods: { GET: "access" } },
  { path: "/keys", methods: { GET: "access", POST: "access" } },
  { path: "/logout", methods: { GET: "public", POST: "public" } },
  {
    path: "/set-up",
    methods: { GET: "public", POST: "public" },
    note: "while there are no people, with the code that the terminal shows",
  },
  // An icon drawn from its address alone.
  { path: "/favicon.svg", methods: { GET: "public" } },
  // For programs that cannot send a key.
  {
    path: "/feeds/:secret/alerts.atom",
    methods: { GET: "public" },
    note: "with the secret of a feed of alerts",
  },
  { path: "/feeds/:secret/calendar.ics", methods: { GET: "public" }, note: "with the secret of a calendar" },
  // For programs.
  { path: "/metrics", methods: { GET: "metrics" } },
  {
    path: "/api/health",
    methods: { GET: "public" },
    note: "figures, times and versions only with `read`",
  },
  { path: "/api/capabilities", methods: { GET: "read" } },
  { path: "/api/current", methods: { GET: "read" } },
  { path: "/api/cycle-overview", methods: { GET: "read" } },
  { path: "/api/cycles", methods: { GET: "read" } },
  { path: "/api/docs", methods: { GET: "read" } },
  { path: "/api/history", methods: { GET: "read" } },
  { path: "/api/insights", methods: { GET: "read" } },
  { path: "/api/live", methods: { GET: "read" } },
  { path: "/api/logging-history", methods: { GET: "read" } },
  { path: "/api/openapi.json", methods: { GET: "read" } },
  { path: "/api/providers", methods: { GET: "read" } },
  { path: "/api/refresh", methods: { POST: "poll" } },
  { path: "/api/sessions", methods: { GET: "read" } },
  { path: "/api/settings", methods: { GET: "read", PUT: "write" } },
  { path: "/api/summary", methods: { GET: "read" } },
  {
    path: "/api/v1/accounts",
    methods: { GET: "read", POST: "fresh", PUT: "write", DELETE: "fresh" },
  },
  // The service API.
  { path: "/health", methods: { GET: "public" } },
  { path: "/version", methods: { GET: "read" } },
  { path: "/api/auth/api-keys", methods: { GET: "access", POST: "access" } },
  { path: "/api/auth/api-keys/:id", methods: { DELETE: "access" } },
  { path: "/api/auth/change-password", methods: { POST: "any" } },
  { path: "/api/auth/login", methods: { POST: "public" } },
  { path: "/api/auth/logout", methods: { POST: "any" } },
  { path: "/api/auth/me", methods: { GET: "any" } },
  {
    path: "/api/auth/register",
    methods: { POST: "public" },
    note: "while there are no people, with the code that the terminal shows",
  },
  {
    path: "/api/auth/status",
    methods: { GET: "public" },
    note: "whether there are people, and nothing else",
  },
  { path: "/api/logs", methods: { GET: "access" } },
  { path: "/api/quotas", methods: { GET: "read" } },
  { path: "/api/quotas/refresh", methods: { POST: "poll" } },
  { path: "/api/quotas/refresh/:id", methods: { POST: "poll" } },
  { path: "/api/socket", methods: { GET: "read" }, note: "any path requested as a WebSocket" },
  { path: "/api/services", methods: { GET: "read", POST: "fresh" } },
  {
    path: "/api/services/:id",
    methods: { PUT: "write", DELETE: "fresh" },
    note: "another key, token or address of a service: `fresh`",
  },
  { path: "/api/services/reorder", methods: { POST: "write" } },
  { path: "/api/status", methods: { GET: "read" } },
  { path: "/api/status/cached", methods: { GET: "read" } },
  { path: "/api/usage/analytics", methods: { GET: "read" } },
  { path: "/api/usage/analytics/providers", methods: { GET: "read" } },
  { path: "/api/usage/history", methods: { GET: "read" } },
  // The native API.
  { path: "/api/v1/alerts", methods: { GET: "read" } },
  { path: "/api/v1/alerts/snoozes", methods: { GET: "read", POST: "write", DELETE: "write" } },
  { path: "/api/v1/audit", methods: { GET: "access" } },
  { path: "/api/v1/answers/:command", methods: { GET: "read" } },
  {
    path: "/api/v1/channels",
    methods: { GET: "read", POST: "fresh", PUT: "fresh", DELETE: "fresh" },
  },
  { path: "/api/v1/channels/test", methods: { POST: "fresh" } },
  { path: "/api/v1/chart.svg", methods: { GET: "read" } },
  { path: "/api/v1/cycles", methods: { GET: "read" } },
  { path: "/api/v1/forecasts", methods: { GET: "read" } },
  { path: "/api/v1/insights", methods: { GET: "read" } },
  { path: "/api/v1/notes", methods: { GET: "read", POST: "write", PUT: "write", DELETE: "write" } },
  { path: "/api/v1/push", methods: { GET: "write", POST: "write", DELETE: "write" } },
  { path: "/api/v1/series", methods: { GET: "read" } },
  { path: "/api/v1/rules", methods: { GET: "read", PUT: "write" } },
  { path: "/api/v1/rules/replay", methods: { GET: "write" } },
  { path: "/api/v1/sessions", methods: { GET: "read" } },
  { path: "/api/v1/settings", methods: { GET: "read", PUT: "write" } },
  { path: "/api/v1/snapshot", methods: { GET: "read" } },
  { path: "/api/v1/tables/audit", methods: { GET: "access" } },
  { path: "/api/v1/tables/cycle-overview", methods: { GET: "read" } },
  { path: "/api/v1/tables/cycles", methods: { GET: "read" } },
  { path: "/api/v1/tables/history", methods: { GET: "read" } },
  { path: "/api/v1/tables/sessions", methods: { GET: "read" } },
  { path: "/api/v1/tables/stats", methods: { GET: "read" } },
  { path: "/api/v1/tables/spend", methods: { GET: "read" } },
  { path: "/api/v1/spend", methods: { GET: "read" } },
];

const byPath: ReadonlyMap<string, RouteRule> = new Map(ROUTES.map((rule) => [rule.path, rule]));

/**
 * Returns what a request requires, or null for a route that is not listed. HEAD is treated as GET. Known
 * clients may learn that an address or a method does not exist.
 *
 * @param pattern of the matched route; null for none
 */
export function permissionFor(pattern: string | null, method: string): Permission | null {
  if (pattern === null) return "any";
  const rule = byPath.get(pattern);
  if (!rule) return null;
  return rule.methods[(method === "HEAD" ? "GET" : method) as Method] ?? "any";
}

/** Returns the methods of a route, with those that follow from them; null for a route that is not listed. */
export function allowedMethods(pattern: string): readonly string[] | null {
  const methods = byPath.get(pattern)?.methods;
  if (!methods) return null;
  const own = Object.keys(methods).flatMap((method) => method === "GET" ? ["GET", "HEAD"] : [method]);
  return [...own, "OPTIONS"];
}

/** Pages to which a sign-in may return; a test compares them with the existing pages. */
export const RETURN_PATHS: ReadonlySet<string> = new Set([
  "/",
  "/alerts",
  "/alerts/channels",
  "/analytics",
  "/api/docs",
  "/audit",
  "/cycle-overview",
  "/cycles",
  "/help",
  "/history",
  "/keys",
  "/me",
  "/notes",
  "/people",
  "/sessions",
  "/settings",
  "/spend",
  "/stats",
]);

/** Returns the path to go to after a sign-in: one of ours, or the overview. */
export function returnPath(wanted: string | null): string {
  return wanted !== null && RETURN_PATHS.has(wanted) ? wanted : "/";
}
