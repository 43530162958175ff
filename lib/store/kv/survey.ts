/** Counts what is stored. */
import { STEPS } from "../../model/engine/bucket.ts";
import type { Size } from "../store.ts";
import type { Accounts } from "./accounts.ts";
import { keyBytes, KEYS } from "./keys.ts";
import { SERIES } from "./series.ts";

const EVER = { from: Number.MIN_SAFE_INTEGER, to: Number.MAX_SAFE_INTEGER };
/** A value has some fields besides its key and its text. */
const FIELDS_BYTES = 40;

export async function readSize(accounts: Accounts): Promise<Size> {
  let [quotas, readings, buckets, cycles, sessions, outcomes] = [0, 0, 0, 0, 0, 0];
  const instants: number[] = [];
  const all = await accounts.findAll();
  for (const { account, head } of all) {
    const count = async (series: string) => (await accounts.rows(account, () => series, EVER)).length;
    sessions += await count(SERIES.sessions);
    outcomes += await count(SERIES.outcomes);
    for (const place of head?.quotas.keys() ?? []) {
      quotas++;
      const rows = await accounts.rows(account, () => SERIES.readings(place), EVER);
      readings += rows.length;
      if (rows.length > 0) instants.push(rows[0]![0], rows.at(-1)![0]);
      for (const step of STEPS) buckets += await count(SERIES.buckets(place, step));
      cycles += await count(SERIES.cycles(place));
    }
  }
  return {
    bytes: await readBytes(accounts),
    freeBytes: 0,
    logBytes: 0,
    accounts: all.length,
    quotas,
    readings,
    buckets,
    cycles,
    sessions,
    outcomes,
    firstAt: instants.length === 0 ? null : Math.min(...instants),
    lastAt: instants.length === 0 ? null : Math.max(...instants),
  };
}

async function readBytes({ database }: Accounts): Promise<number> {
  let bytes = 0;
  for await (const { key, value } of database.list({ prefix: KEYS.all })) {
    bytes += keyBytes(key) + FIELDS_BYTES + (value.text?.length ?? 0);
  }
  return bytes;
}
