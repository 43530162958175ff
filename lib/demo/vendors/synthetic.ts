/**
 * Synthetic: requests per five hours, searches per hour and tool
 * calls per day. Windows begin with the first use.
 */
import { createMeter, fromFirstUse, type Meter } from "../meter.ts";
import { type Person, storyStart } from "../person.ts";
import { decideByChance, drawBetween } from "../random.ts";
import { createWork } from "../work.ts";
import type { Gauge, Vendor, VendorRequest } from "./vendor.ts";

const HOUR = 3_600_000;
const KEY = "syn_demo_opens_nothing";

export function synthetic(person: Person): Vendor {
  const { seed } = person;
  const subscription = createGauge(person, {
    quota: "subscription",
    limit: 270,
    windowMs: 5 * HOUR,
    // A small call counts as a part of a request.
    step: 0.1,
    share: 0.85,
    perHour: 62,
    running: {
      sinceMs: 3.6 * HOUR,
      amount: 270 * drawBetween(0.58, 0.72, seed, "subscription"),
      perHour: 38,
    },
  });
  const search = createGauge(person, {
    quota: "search",
    limit: 250,
    windowMs: HOUR,
    step: 1,
    share: 0.5,
    perHour: 70,
    running: { sinceMs: 0.6 * HOUR, amount: 250 * drawBetween(0.2, 0.4, seed, "search"), perHour: 80 },
  });
  const toolCalls = createGauge(person, {
    quota: "tool-calls",
    limit: 16_200,
    windowMs: 24 * HOUR,
    step: 1,
    share: 0.9,
    perHour: 850,
    running: {
      sinceMs: 3.6 * HOUR,
      amount: 16_200 * drawBetween(0.12, 0.3, seed, "tool-calls"),
      perHour: 660,
    },
  });

  /** Returns one block of the response. */
  function block(of: OwnGauge, { now, changed, inverted }: VendorRequest) {
    const { window } = of.meter.at(now);
    // The end of a window jitters by some seconds; between windows it is as far away as if one began now.
    const wander = Math.round(
      (decideByChance(seed, of.quota, "wander", Math.floor(now / 1000)) - 0.5) * 6000,
    );
    const renewsAt = new Date((window?.to ?? now + of.windowMs) + wander).toISOString();
    const requests = inverted ? Number((of.limit - of.stated(now)).toFixed(2)) : of.stated(now);
    return changed
      ? { limit: String(of.limit), requests: String(requests), renewsAt }
      : { limit: of.limit, requests, renewsAt };
  }

  return {
    id: "synthetic",
    environment: { SYNTHETIC_API_KEY: KEY },
    paths: ["/v2/quotas"],
    gauges: [subscription, search, toolCalls],
    admits: (request) => request.headers.get("authorization") === `Bearer ${KEY}`,
    refusal: () => Response.json({ error: "Invalid API key" }, { status: 401 }),
    answer(req) {
      const tools = block(toolCalls, req);
      return Response.json({
        subscription: block(subscription, req),
        search: { hourly: block(search, req) },
        ...(req.changed ? { freeToolCalls: tools } : { toolCallDiscounts: tools }),
      });
    },
    unreadable: () => Response.json({}),
  };
}

interface OwnGauge extends Gauge {
  readonly limit: number;
  readonly windowMs: number;
}

function createGauge(person: Person, options: {
  readonly quota: string;
  readonly limit: number;
  readonly windowMs: number;
  /** Usage is stated in steps of this. */
  readonly step: number;
  readonly share: number;
  readonly perHour: number;
  readonly running: { readonly sinceMs: number; readonly amount: number; readonly perHour: number };
}): OwnGauge {
  const { quota, limit, windowMs, step, share, perHour, running } = options;
  const work = createWork(person, { name: `synthetic ${quota}`, share, perHour, running });
  const windows = fromFirstUse(windowMs, storyStart(person), work.nextUse);
  const meter: Meter = createMeter({ windows, limit, doneBy: work.doneBy });
  const computeStated = (now: number) =>
    Number((Math.floor(meter.at(now).used / step + 1e-9) * step).toFixed(2));
  return { quota, meter, stated: computeStated, limit, windowMs };
}
