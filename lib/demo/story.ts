/**
 * The story the demo tells: one person, the vendors they use, and what went wrong. It
 * answers any request as of any instant, so that a month can be asked for in seconds.
 */
import { createPerson, type Person } from "./person.ts";
import { type Trouble, troubleAt, usualTroubles } from "./trouble.ts";
import { VENDORS } from "./vendors/mod.ts";
import type { Vendor } from "./vendors/vendor.ts";

export interface StoryOptions {
  readonly seed: number;
  /** When the story becomes live, epoch milliseconds. */
  readonly anchor: number;
  /** IANA zone the person lives in. */
  readonly zone: string;
  /** Instead of the usual ones. */
  readonly troubles?: readonly Trouble[];
}

export interface Story {
  readonly person: Person;
  readonly vendors: readonly Vendor[];
  readonly troubles: readonly Trouble[];
  /** What the vendor whose path is asked for answers at `now`; 404 for a path of nobody. */
  answer(request: Request, now: number): Response;
}

export function createStory(options: StoryOptions): Story {
  const person = createPerson(options);
  const vendors = VENDORS.map((make) => make(person));
  const troubles = options.troubles ?? usualTroubles(options.anchor, options.zone);

  return {
    person,
    vendors,
    troubles,
    answer(request, now) {
      const { pathname } = new URL(request.url);
      const asked = vendors.filter((vendor) => vendor.paths.includes(pathname));
      // Vendors may share a path; then the key tells whose it is.
      const vendor = asked.find((one) => one.admits(request)) ?? asked[0];
      if (!vendor) return new Response("Not found", { status: 404 });
      if (request.method !== "GET") {
        return new Response("Method not allowed", { status: 405, headers: { allow: "GET" } });
      }
      const trouble = troubleAt(troubles, vendor.id, now);
      if (trouble?.kind === "outage") return new Response("Service unavailable", { status: 503 });
      if (!vendor.admits(request)) return vendor.refusal();
      if (trouble?.kind === "limited") {
        const seconds = Math.max(1, Math.ceil((trouble.to - now) / 1000));
        return Response.json(
          { error: "Too many requests" },
          { status: 429, headers: { "retry-after": String(seconds) } },
        );
      }
      if (trouble?.kind === "unreadable") return vendor.unreadable();
      return vendor.answer(now, trouble?.kind === "changed");
    },
  };
}
