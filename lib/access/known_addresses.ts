/** Remembers the addresses users signed in from, so that other clients' failures do not lock them out. */
import { peerGroup } from "../net/address.ts";
import type { Client, SignIns } from "./access.ts";
import { personId } from "./people.ts";

export interface KnownAddresses {
  /** Names the client's address if the user signed in from it before, else null. @param id of a user */
  find(id: string, client: Client): Promise<string | null>;
  add(id: string, client: Client): Promise<void>;
}

export function createKnownAddresses(signIns: Pick<SignIns, "list">): KnownAddresses {
  let known: Promise<Set<string>> | undefined;

  function loadAll(): Promise<Set<string>> {
    known ??= signIns.list().then((all) =>
      new Set(all.map(({ person, address }) => nameAddress(personId(person), address)))
    );
    known.catch(() => known = undefined);
    return known;
  }

  return {
    async find(id, { address }) {
      const name = nameAddress(id, address);
      return (await loadAll()).has(name) ? name : null;
    },
    async add(id, { address }) {
      (await loadAll()).add(nameAddress(id, address));
    },
  };
}

function nameAddress(id: string, address: string | null): string {
  return `${id} ${address === null ? "socket" : peerGroup(address)}`;
}
