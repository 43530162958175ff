/**
 * The story the demo tells: one person, the vendors they use, and what went wrong. It answers any request as
 * of any instant, so that a month can be polled in seconds.
 */
import { createPerson, type Person } from "./person.ts";
import type { Scenario } from "./scenarios.ts";
import { activeTroubles, mostSevere, type Trouble, usualTroubles } from "./trouble.ts";
import { SHOWN, VENDORS } from "./vendors/mod.ts";
import type { MakeVendor, Vendor } from "./vendors/vendor.ts";

const LOGIN_LASTS_MS = 9 * 86_400_000;

export interface StoryOptions {
  readonly seed: number;
  /** When the story becomes live, epoch milliseconds. */
  readonly anchor: number;
  /** IANA zone the person lives in. */
  readonly zone: string;
  /** Replaces the default troubles. */
  readonly troubles?: readonly Trouble[];
  /** Ids of the vendors the person uses; a default selection if absent. */
  readonly vendors?: readonly string[];
  /** Additional troubles. */
  readonly scenario?: Scenario;
}

export interface Story {
  readonly person: Person;
  readonly vendors: readonly Vendor[];
  readonly troubles: readonly Trouble[];
  /** Returns the response of the vendor with the requested path at `now`; 404 for an unknown path. */
  answer(request: Request, now: number): Response;
}

export function createStory(options: StoryOptions): Story {
  const person = createPerson(options);
  const { anchor, zone, scenario } = options;
  const chosen = options.vendors ?? SHOWN;
  const loginEndsAt = scenario?.loginEndsAt?.(anchor) ?? anchor + LOGIN_LASTS_MS;
  const vendors = Object.entries(VENDORS).filter(([id]) => chosen.includes(id))
    .map(([, make]: readonly [string, MakeVendor]) => make(person, loginEndsAt));
  const usual = options.troubles ?? usualTroubles(anchor, zone);
  const troubles = scenario ? [...usual, ...scenario.troubles(anchor, vendors.map(({ id }) => id))] : usual;

  return {
    person,
    vendors,
    troubles,
    answer(request, now) {
      const { pathname } = new URL(request.url);
      const candidates = vendors.filter((vendor) => vendor.paths.includes(pathname));
      // Vendors may share a path; then the key identifies the vendor.
      const vendor = candidates.find((one) => one.admits(request)) ?? candidates[0];
      if (!vendor) return new Response("Not found", { status: 404 });
      const method = vendor.method ?? "GET";
      if (request.method !== method) {
        return new Response("Method not allowed", { status: 405, headers: { allow: method } });
      }
      const present = activeTroubles(troubles, vendor.id, now);
      const trouble = mostSevere(present);
      if (trouble?.kind === "outage") return new Response("Service unavailable", { status: 503 });
      if (trouble?.kind === "expired" || !vendor.admits(request)) return vendor.refusal();
      if (trouble?.kind === "limited") {
        return answerLimited(Math.max(1, Math.ceil((trouble.to - now) / 1000)));
      }
      if (trouble?.kind === "storm") return answerLimited(0);
      if (trouble?.kind === "unreadable") return vendor.unreadable();
      const has = (kind: Trouble["kind"]) => present.some((one) => one.kind === kind);
      return vendor.answer({
        now,
        request,
        changed: has("changed"),
        // Another person has other figures.
        inverted: has("inverted") || has("swapped"),
        swapped: has("swapped"),
      });
    },
  };
}

function answerLimited(seconds: number): Response {
  return Response.json(
    { error: "Too many requests" },
    { status: 429, headers: { "retry-after": String(seconds) } },
  );
}
