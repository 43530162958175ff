/** From where people have signed in before, so that what others get wrong does not keep them out. */
import { peerGroup } from "../net/address.ts";
import type { Client, SignIns } from "./access.ts";
import { personId } from "./people.ts";

export interface Places {
  /** The place somebody comes from, if they have signed in from there before. @param id of a person */
  known(id: string, client: Client): Promise<string | null>;
  add(id: string, client: Client): Promise<void>;
}

export function createPlaces(signIns: Pick<SignIns, "list">): Places {
  let places: Promise<Set<string>> | undefined;

  function all(): Promise<Set<string>> {
    places ??= signIns.list().then((all) =>
      new Set(all.map(({ person, address }) => placeOf(personId(person), address)))
    );
    places.catch(() => places = undefined);
    return places;
  }

  return {
    async known(id, { address }) {
      const place = placeOf(id, address);
      return (await all()).has(place) ? place : null;
    },
    async add(id, { address }) {
      (await all()).add(placeOf(id, address));
    },
  };
}

function placeOf(id: string, address: string | null): string {
  return `${id} ${address === null ? "socket" : peerGroup(address)}`;
}
