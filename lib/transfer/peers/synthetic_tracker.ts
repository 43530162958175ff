/** The first of the trackers: one table of one subscription (Aureliusf/Syntrack). */
import type { PeerHistory } from "./peer_source.ts";
import { counterReading, FIVE_HOURS } from "./peer_values.ts";

export function trackerSources(): PeerHistory {
  return {
    groups: [[{
      table: "usage_snapshots",
      timeColumn: "collected_at",
      read: (row) => ({
        provider: "synthetic",
        name: "default",
        plan: null,
        readings: [counterReading({
          quota: "subscription",
          label: "Subscription requests",
          unit: "requests",
          window: FIVE_HOURS,
          used: row.requests_used,
          limit: row.subscription_limit,
          resetsAt: row.renews_at,
        })],
      }),
    }]],
    skippedTables: {},
  };
}
