/** Remembers where users signed in from, so that other clients' failures do not lock them out. */
import { peerGroup } from "../net/address.ts";
import type { Client, SignIns } from "./access.ts";
import { personId } from "./people.ts";

export interface Places {
  /** Returns the client's place if the user signed in from there before, else null. @param id of a user */
  known(id: string, client: Client): Promise<string | null>;
  add(id: string, client: Client): Promise<void>;
}

export function createPlaces(signIns: Pick<SignIns, "list">): Places {
  let places: Promise<Set<string>> | undefined;

  function all(): Promise<Set<string>> {
    places ??= signIns.list().then((all) =>
      new Set(all.map(({ person, address }) => describePlace(personId(person), address)))
    );
    places.catch(() => places = undefined);
    return places;
  }

  return {
    async known(id, { address }) {
      const place = describePlace(id, address);
      return (await all()).has(place) ? place : null;
    },
    async add(id, { address }) {
      (await all()).add(describePlace(id, address));
    },
  };
}

function describePlace(id: string, address: string | null): string {
  return `${id} ${address === null ? "socket" : peerGroup(address)}`;
}
