/**
 * Finds accounts that use the same login under two names. Each would state, and add up, the same use, so only the
 * first is polled, and the other says why it is not.
 */
import { type AccountKey } from "../model/quota.ts";
import { type Account, type Login, ProviderError } from "../provider/contract.ts";

/** An account that was found, with what it needs to be told apart. */
interface Candidate {
  readonly key: AccountKey;
  readonly account: Account;
  /** The login it was found with; absent for those of the environment, which their provider tells apart. */
  readonly login?: Login;
  readonly settings?: string;
  readonly failure?: unknown;
  /** True while it rests because its vendor refuses its login. */
  readonly isRefused?: boolean;
}

/**
 * Returns the account found first with the same login, for each that is not the first. A refused login does not stand
 * for another one of the same owner, which may work.
 */
export function findTwins(found: readonly Candidate[]): ReadonlyMap<Candidate, AccountKey> {
  const owners = new Map<string, Candidate>();
  const twins = new Map<Candidate, AccountKey>();
  for (const one of found) {
    if (one.failure !== undefined) continue;
    const marks = listMarks(one);
    const twin = marks.map((mark) => owners.get(mark)).find((owner) => owner && owner.login !== one.login);
    if (twin) twins.set(one, twin.key);
    else for (const mark of marks) if (!owners.has(mark)) owners.set(mark, one);
  }
  return twins;
}

export function twinFailure(twin: AccountKey): ProviderError {
  return new ProviderError(
    "missing",
    `It uses the same login as ${twin}, so it is not polled and counted again`,
    {
      hint: "Remove one of them",
    },
  );
}

/** What two accounts of one provider have in common if they are one: the secrets or the owner, and the settings. */
function listMarks({ account, settings = "", isRefused = false }: Candidate): readonly string[] {
  const { secret, also = {}, facts = {}, hosts = [], identity, isOwnerBeside } = account;
  const context = JSON.stringify([settings, sortFields(facts), hosts]);
  const secrets = [secret, ...sortFields(also).map(([, one]) => one)].map((one) => one.reveal());
  return [
    ...secrets.some((text) => text !== "") ? [JSON.stringify(["secrets", context, ...secrets])] : [],
    ...identity === undefined || isOwnerBeside || isRefused
      ? []
      : [JSON.stringify(["owner", context, identity])],
  ];
}

function sortFields<T>(fields: Readonly<Record<string, T>>): readonly (readonly [string, T])[] {
  return Object.entries(fields).sort(([a], [b]) => a < b ? -1 : 1);
}
