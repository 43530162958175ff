/**
 * The topics by which an MQTT broker holds the current state: for each quota its values, and the configuration by
 * which Home Assistant discovers it as a sensor. Pure. Topics consist of letters, digits, `-` and `_` only.
 */
import { ALERT_KINDS } from "../../model/alerts/alert.ts";
import { accountName } from "../../model/alerts/message.ts";
import { HOUR_MS } from "../../model/duration.ts";
import { isGauge } from "../../model/quota.ts";
import { isoInstant } from "../../model/time.ts";
import type { AccountView, QuotaView } from "../../model/view/view.ts";
import { VERSION } from "../../base/version.ts";
import { oneLine } from "../escape.ts";

export interface TopicSettings {
  /** Before every topic of ours: `syntrack`. */
  readonly prefix: string;
  /** Where Home Assistant looks; null for no discovery. */
  readonly discovery: string | null;
}

/** Minimum time without news after which a sensor is unavailable; three of its intervals if those are longer. */
const MIN_EXPIRY_MS = HOUR_MS;
const MAX_NAME = 120;
/** Health states in which the last figures still hold. */
const AVAILABLE = new Set(["fresh", "waiting", "new"]);

/** Returns the payload of each topic; the broker retains all of them. */
export function buildTopics(
  accounts: readonly AccountView[],
  settings: TopicSettings,
): ReadonlyMap<string, string> {
  const topics = new Map<string, string>();
  const put = (topic: string, payload: unknown) => topics.set(topic, JSON.stringify(payload));
  for (const account of accounts) {
    const base = `${settings.prefix}/${segment(account.provider)}/${segment(account.name)}`;
    topics.set(`${base}/availability`, AVAILABLE.has(account.health.state) ? "online" : "offline");
    for (const quota of account.quotas) {
      const topic = `${base}/${segment(quota.quota)}/state`;
      put(topic, describeState(account, quota));
      if (settings.discovery === null) continue;
      for (const [object, sensor] of listSensors(quota)) {
        const id = `${objectId(settings.prefix, account, quota.quota)}${object}`;
        put(`${settings.discovery}/sensor/${id}/config`, {
          ...sensor,
          unique_id: id,
          object_id: id,
          state_topic: topic,
          json_attributes_topic: topic,
          availability_topic: `${base}/availability`,
          expire_after: Math.ceil(Math.max(MIN_EXPIRY_MS, 3 * (quota.intervalMs ?? 0)) / 1000),
          ...describeDevice(settings.prefix, account),
        });
      }
    }
  }
  if (settings.discovery !== null && accounts.length > 0) {
    const id = `${segment(settings.prefix)}_alerts`;
    put(`${settings.discovery}/event/${id}/config`, {
      name: "Syntrack alerts",
      unique_id: id,
      object_id: id,
      state_topic: alertTopic(settings.prefix),
      event_types: ALERT_KINDS,
      icon: "mdi:bell",
      ...ORIGIN,
    });
  }
  return topics;
}

/** Returns the topic of alerts, which the broker does not retain. */
export function alertTopic(prefix: string): string {
  return `${prefix}/alerts`;
}

const ORIGIN = { origin: { name: "Syntrack", sw_version: VERSION } };

function describeDevice(prefix: string, account: AccountView) {
  return {
    device: {
      identifiers: [objectId(prefix, account)],
      name: oneLine(accountName(account), MAX_NAME),
      manufacturer: oneLine(account.providerName, MAX_NAME),
      ...account.plan !== null && { model: oneLine(account.plan, MAX_NAME) },
    },
    ...ORIGIN,
  };
}

function listSensors(quota: QuotaView): readonly (readonly [string, object])[] {
  const name = oneLine(quota.label, MAX_NAME);
  const money = quota.unit === "usd" || quota.currency !== undefined;
  const amount = money
    ? { device_class: "monetary", unit_of_measurement: quota.currency ?? "USD" }
    : { unit_of_measurement: quota.unit === "percent" ? "%" : quota.unit, state_class: "measurement" };
  const level = quota.window.kind === "balance"
    ? { name: `${name} left`, value_template: "{{ value_json.remaining }}", icon: "mdi:wallet", ...amount }
    : quota.limit === null && quota.share === null
    ? { name: `${name} used`, value_template: "{{ value_json.used }}", icon: "mdi:counter", ...amount }
    : {
      name: `${name} used`,
      value_template: "{{ value_json.used_percent }}",
      unit_of_measurement: "%",
      state_class: "measurement",
      icon: "mdi:gauge",
    };
  const resets = quota.resetsAt !== null ||
    (quota.window.kind === "fixed" || quota.window.kind === "calendar") && !isGauge(quota.window);
  return [
    ["", level],
    ...resets
      ? [
        ["_reset", {
          name: `${name} reset`,
          device_class: "timestamp",
          value_template: "{{ value_json.resets_at }}",
        }] as const,
      ]
      : [],
  ];
}

/** Unknown is null, which Home Assistant shows as unknown. */
function describeState(account: AccountView, quota: QuotaView): Readonly<Record<string, unknown>> {
  const { share, used, limit, remaining, unit, forecast, pace } = quota;
  const toPercent = (value: number | null | undefined) =>
    typeof value === "number" ? Math.round(value * 1000) / 10 : null;
  return {
    account: account.key,
    quota: quota.quota,
    label: oneLine(quota.label, MAX_NAME),
    status: quota.status,
    used_percent: toPercent(share),
    used,
    limit,
    remaining,
    unit: quota.currency ?? unit,
    resets_at: isoInstant(quota.resetsAt),
    read_at: isoInstant(quota.at),
    forecast: forecast?.state ?? null,
    projected_percent: toPercent(forecast?.projectedShare),
    runs_out_at: isoInstant(forecast?.emptyAt ?? null),
    run_out_probability: forecast?.runOutProbability ?? null,
    confidence: forecast?.confidence ?? null,
    pace_percent: toPercent(pace?.delta),
    plan: account.plan === null ? null : oneLine(account.plan, MAX_NAME),
    gone: quota.gone,
  };
}

function objectId(prefix: string, { provider, name }: AccountView, quota?: string): string {
  return [prefix, provider, name, ...quota === undefined ? [] : [quota]].map(segment).join("_");
}

/**
 * Returns a name as one level of a topic. When it replaces a character it adds a short hash, so that different
 * names stay different.
 */
export function segment(name: string): string {
  const safe = name.replace(/[^A-Za-z0-9-]/g, "_").slice(0, 64);
  if (safe === name) return safe;
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(name)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return `${safe}-${hash.toString(36)}`;
}
