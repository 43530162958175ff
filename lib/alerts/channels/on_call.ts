/** On-call services: each alert is an incident, which stays open until a message resolves it. */
import { type ChannelType, postJson, reachOfUrl } from "../channel.ts";
import { cutText, oneLine, plainText, shortenKey } from "../escape.ts";
import { joinUrl } from "./http.ts";

const MAX_DEDUP_KEY = 255;
const PAGERDUTY_SEVERITY = { info: "info", warning: "warning", critical: "critical" } as const;

export const pagerduty: ChannelType = {
  id: "pagerduty",
  name: "PagerDuty",
  reach: ({ server = "https://events.pagerduty.com" }) => reachOfUrl(server),
  settings: [
    { name: "key", help: "integration key (Events API v2)", secret: true },
    { name: "server", help: "another address, for a region or a test", optional: true },
  ],
  incidents: true,
  async send({ alerts }, context) {
    const { key = "", server = "https://events.pagerduty.com" } = context.settings;
    for (const alert of alerts) {
      const resolved = alert.resolves;
      await postJson("PagerDuty", context, joinUrl(server, "/v2/enqueue"), {
        routing_key: key,
        event_action: resolved === undefined ? "trigger" : "resolve",
        dedup_key: await shortenKey(resolved ?? alert.repeats ?? alert.id, MAX_DEDUP_KEY),
        payload: {
          summary: oneLine(alert.title, 1024),
          source: alert.account,
          severity: PAGERDUTY_SEVERITY[alert.severity],
          custom_details: { text: plainText(`${alert.text}\n${alert.details}`.trim()) },
        },
      });
    }
  },
};

const MAX_ALIAS = 512;
const MAX_DESCRIPTION = 15_000;

export const opsgenie: ChannelType = {
  id: "opsgenie",
  name: "Opsgenie",
  reach: ({ server = "https://api.opsgenie.com" }) => reachOfUrl(server),
  settings: [
    { name: "key", help: "key of the API integration", secret: true },
    { name: "server", help: "https://api.eu.opsgenie.com for Europe", optional: true },
  ],
  incidents: true,
  async send({ alerts }, context) {
    const { key = "", server = "https://api.opsgenie.com" } = context.settings;
    const headers = { authorization: `GenieKey ${key}` };
    for (const alert of alerts) {
      if (alert.resolves !== undefined) {
        const path = `/v2/alerts/${
          encodeURIComponent(await shortenKey(alert.resolves, MAX_ALIAS))
        }/close?identifierType=alias`;
        await postJson("Opsgenie", context, joinUrl(server, path), {}, headers);
      } else {
        await postJson("Opsgenie", context, joinUrl(server, "/v2/alerts"), {
          message: oneLine(alert.title, 130),
          alias: await shortenKey(alert.repeats ?? alert.id, MAX_ALIAS),
          description: cutText(plainText(`${alert.text}\n${alert.details}`.trim()), MAX_DESCRIPTION),
          priority: alert.severity === "critical" ? "P2" : alert.severity === "warning" ? "P3" : "P5",
          source: "Syntrack",
        }, headers);
      }
    }
  },
};
