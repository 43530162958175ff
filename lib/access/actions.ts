/**
 * Audit names of what routes do, by method and pattern, unless the route names one of several actions. Null for
 * routes that record it themselves.
 */
const ACTIONS: Readonly<Record<string, string | null>> = {
  "POST /login": null,
  "POST /login/passkey": null,
  "POST /me/passkey": null,
  "POST /set-up": null,
  "POST /api/auth/login": null,
  "POST /api/auth/register": null,
  "POST /logout": "signed out",
  "POST /api/auth/logout": "signed out",
  "POST /api/auth/change-password": "changed their password",
  "POST /api/auth/api-keys": "made a key",
  "DELETE /api/auth/api-keys/:id": "revoked a key",
  "POST /accounts/:provider/:name": "hid or showed an insight",
  "POST /me": "changed their account",
  "POST /people": "changed people",
  "POST /keys": "changed keys",
  "POST /settings": "changed settings",
  "PUT /api/settings": "changed settings",
  "PUT /api/v1/settings": "changed settings",
  "POST /api/refresh": "polled by hand",
  "POST /api/quotas/refresh": "polled by hand",
  "POST /api/quotas/refresh/:id": "polled by hand",
  "POST /api/v1/accounts": "added an account",
  "PUT /api/v1/accounts": "changed an account",
  "DELETE /api/v1/accounts": "removed an account",
  "POST /api/services": "added an account",
  "PUT /api/services/:id": "changed an account",
  "DELETE /api/services/:id": "removed an account",
  "POST /api/services/reorder": "ordered the accounts",
  "POST /alerts": "changed alerts",
  "POST /spend": "set a price or a budget",
  "POST /notes": "changed notes",
  "POST /api/v1/notes": "added a note",
  "PUT /api/v1/notes": "changed a note",
  "DELETE /api/v1/notes": "removed a note",
  "PUT /api/v1/rules": "changed alerts",
  "POST /api/v1/alerts/snoozes": "changed alerts",
  "DELETE /api/v1/alerts/snoozes": "changed alerts",
  "POST /alerts/channels": "changed channels",
  "POST /api/v1/channels": "added a channel",
  "PUT /api/v1/channels": "changed channels",
  "DELETE /api/v1/channels": "removed a channel",
  "POST /api/v1/channels/test": "tested a channel",
  // Concerns one browser only, so it is not recorded.
  "POST /alerts/dismiss": null,
  "POST /api/v1/push": "turned notifications on in a browser",
  "DELETE /api/v1/push": "turned notifications off in a browser",
};
const SAFE: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS"]);

/** Returns null for actions that are not recorded. @param isExport whether the answer is a file of figures */
export function findAction(method: string, pattern: string | null, isExport: boolean): string | null {
  if (pattern === null) return null;
  if (SAFE.has(method)) return isExport && method === "GET" ? "exported" : null;
  const known = ACTIONS[`${method} ${pattern}`];
  return known === undefined ? `${method} ${pattern}` : known;
}
