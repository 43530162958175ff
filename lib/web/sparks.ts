/** Sparklines of quotas over the last day. */
import type { Line } from "../model/history/history.ts";
import type { QuotaKey } from "../model/quota.ts";
import type { AppContext } from "../app/context.ts";
import { buildSpark, SLOT_MS, type Spark } from "../ui/spark.ts";

export interface Sparks {
  readonly slot: number;
  /** By quota key; quotas without a history are absent. */
  readonly levels: Readonly<Record<QuotaKey, string>>;
}

/** Cache per line: lines do not change, and pages are requested more often than accounts change. */
const known = new WeakMap<Line, Spark>();

export async function readSparks(
  services: Pick<AppContext, "history" | "clock">,
  quotas: readonly QuotaKey[],
): Promise<Sparks> {
  const now = services.clock.now();
  const slot = Math.floor(now / SLOT_MS);
  const { lines } = await services.history({ range: "24h", quotas });
  const levels: Record<QuotaKey, string> = {};
  for (const line of lines) {
    let spark = known.get(line);
    if (spark?.slot !== slot) known.set(line, spark = buildSpark(line, now));
    if (line.points.length > 0) levels[line.key] = spark.levels;
  }
  return { slot, levels };
}
