/** The open alerts as pages and the live stream show them. */
import { computeDigest } from "../access/secrets.ts";
import type { AppContext } from "../app/context.ts";
import { plain } from "../base/text.ts";
import { alertPath } from "../model/alerts/alert.ts";
import { openAlerts } from "../model/alerts/open.ts";
import { NO_OPEN_ALERTS, type OpenAlerts } from "../ui/alerts/open.ts";

/** Maximum length of the bell's list. */
const MAX_OPEN = 6;

interface Known {
  readonly mark: string;
  readonly open: Promise<OpenAlerts>;
}

/** One per server: every page reads them, and they change only with an event or with time. */
const known = new WeakMap<AppContext, Known>();
const CACHE_MS = 1000;

export function readOpenAlerts(services: AppContext): Promise<OpenAlerts> {
  const mark = `${services.hub.lastId} ${Math.floor(services.clock.now() / CACHE_MS)}`;
  const cached = known.get(services);
  if (cached?.mark === mark) return cached.open;
  const open = openAlertsFor(services);
  known.set(services, { mark, open });
  open.catch(() => known.delete(services));
  return open;
}

async function openAlertsFor({ alerts, dashboard, clock }: AppContext): Promise<OpenAlerts> {
  const raised = await alerts.list();
  if (raised.every(({ severity }) => severity === "info")) return NO_OPEN_ALERTS;
  const [{ accounts }, snoozes, rules] = await Promise.all([dashboard(), alerts.snoozes(), alerts.rules()]);
  const open = openAlerts(raised, accounts, snoozes, clock.now(), rules);
  const mostSevere = open.toSorted((a, b) =>
    Number(b.severity === "critical") - Number(a.severity === "critical")
  );
  return {
    count: open.length,
    alerts: mostSevere.slice(0, MAX_OPEN).map((alert) => ({
      mark: hashId(alert.id),
      severity: alert.severity,
      title: plain(alert.title, 120),
      text: plain(alert.text, 200),
      href: alertPath(alert),
      raisedAt: alert.raisedAt,
    })),
  };
}

function hashId(id: string): string {
  return computeDigest(id).slice(0, 12);
}
