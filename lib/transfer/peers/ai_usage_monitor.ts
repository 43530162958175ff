/** The monitor of services (mwaldstein/ai-usage-monitor): a row for each metric of each refresh, by service. */
import type { PeerHistory, PeerPoll, PeerSource } from "./peer_source.ts";
import type { PeerDatabase } from "./peer_database.ts";
import {
  CALENDAR,
  counterReading,
  instantOfPeer,
  nameAccounts,
  parseId,
  parseText,
  type Row,
  windowNamed,
} from "./peer_values.ts";

/** Its provider names, mapped to ours. */
const PROVIDERS: Readonly<Record<string, string>> = {
  openai: "openai",
  anthropic: "anthropic-api",
  google: "google-ai",
  gemini: "google-ai",
  azure: "azure-openai",
  "aws-bedrock": "bedrock",
  aws: "bedrock",
  bedrock: "bedrock",
  opencode: "opencode-zen",
  "opencode-zen": "opencode-zen",
  amp: "amp",
  zai: "zai",
  "z-ai": "zai",
  codex: "codex",
  synthetic: "synthetic",
};

export function monitorSources(db: PeerDatabase): PeerHistory {
  const services = readServices(db);
  const first = new Map<string, number>();
  const rows = db.tables.has("quotas") ? db.rows("quotas", ["service_id", "metric", "created_at"]) : [];
  for (const row of rows) {
    const at = instantOfPeer(row.created_at);
    const key = formatKey(row);
    if (at !== null && at < (first.get(key) ?? Number.POSITIVE_INFINITY)) first.set(key, at);
  }
  const pollOf = (row: Row, read: () => PeerPoll["readings"]): PeerPoll | string => {
    const service = services.get(String(row.service_id));
    if (!service) return "the service was removed";
    if (typeof service === "string") return service;
    return { ...service, plan: null, readings: read() };
  };
  const quotas: PeerSource = {
    table: "quotas",
    timeColumn: "created_at",
    read: (row) =>
      pollOf(row, () => {
        const name = parseText(row.metric);
        const quota = parseId(name);
        if (name === null || quota === null) return [{ left: "a metric without a name" }];
        const { limit, used, remaining, reset_at: resetsAt } = row;
        const about = {
          quota,
          label: name.replaceAll("_", " "),
          window: windowNamed(quota),
          unit: detectUnit(row, name),
        };
        return [counterReading({ ...about, used, limit, remaining, resetsAt })];
      }),
  };
  const history: PeerSource = {
    table: "usage_history",
    timeColumn: "ts",
    read(row) {
      const at = instantOfPeer(row.ts) ?? 0;
      if (at >= (first.get(formatKey(row)) ?? Number.POSITIVE_INFINITY)) return "also in quotas";
      return pollOf(row, () => {
        const name = parseText(row.metric);
        const quota = parseId(name);
        if (name === null || quota === null) return [{ left: "a metric without a name" }];
        const label = name.replaceAll("_", " ");
        const about = { quota, label, window: CALENDAR, unit: detectUnit(row, name) };
        return [counterReading({ ...about, used: row.value, limit: null })];
      });
    },
  };
  return { groups: [[history, quotas]], skippedTables: {} };
}

type Service = { readonly provider: string; readonly name: string };

/** By id; a provider's only service becomes its default account. */
function readServices(db: PeerDatabase): ReadonlyMap<string, Service | string> {
  if (!db.tables.has("services")) return new Map();
  const all = [...db.rows("services", ["id", "name", "provider"])].map((row) => {
    const theirs = parseText(row.provider) ?? "";
    return { id: String(row.id), title: row.name, theirs, provider: PROVIDERS[parseId(theirs) ?? ""] };
  });
  return new Map(all.map(({ id, theirs, provider }): [string, Service | string] => {
    if (provider === undefined) {
      return [id, `unknown provider ${JSON.stringify(theirs)}`];
    }
    const own = all.filter((one) => one.provider === provider).map((one) => ({
      id: one.id,
      name: one.title,
    }));
    const name = own.length === 1 ? "default" : nameAccounts(own, "service").get(id)!;
    return [id, { provider, name }];
  }));
}

function formatKey(row: Row): string {
  return `${row.service_id} ${row.metric}`;
}

function detectUnit(row: Row, metric: string): "percent" | "tokens" | "usd" | "requests" {
  const text = `${metric} ${parseText(row.type) ?? ""}`.toLowerCase();
  if (/percent|%/.test(text)) return "percent";
  if (/token/.test(text)) return "tokens";
  return /spend|usd|cost|dollar|balance|credit/.test(text) ? "usd" : "requests";
}
