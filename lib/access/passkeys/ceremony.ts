/** What browsers are asked when a passkey is made or used, as WebAuthn spells it in JSON. Pure, and without the library. */
import { MINUTE_MS } from "../../model/duration.ts";
import { canonicalAddress } from "../../net/address.ts";

/** The page somebody sees: passkeys belong to the name in its address, and browsers say which page used one. */
export interface PasskeySite {
  /** Name of the host; no address is one. */
  readonly rpId: string;
  /** Scheme, name and port, as browsers write it. */
  readonly origin: string;
}

/** For so long a challenge may be answered. */
export const CHALLENGE_MS = 5 * MINUTE_MS;

/** EdDSA, ES256 and RS256, which is what devices make. */
export const ALGORITHMS: readonly number[] = [-8, -7, -257];

/** For `navigator.credentials.get`: any passkey of this site, so nobody has to type a name. */
export interface RequestOptions {
  readonly challenge: string;
  readonly rpId: string;
  readonly timeout: number;
  readonly userVerification: "required";
}

/** For `navigator.credentials.create`. */
export interface CreationOptions {
  readonly challenge: string;
  readonly rp: { readonly id: string; readonly name: string };
  readonly user: { readonly id: string; readonly name: string; readonly displayName: string };
  readonly pubKeyCredParams: readonly { readonly type: "public-key"; readonly alg: number }[];
  readonly timeout: number;
  readonly attestation: "none";
  readonly excludeCredentials: readonly { readonly type: "public-key"; readonly id: string }[];
  readonly authenticatorSelection: {
    readonly residentKey: "required";
    readonly requireResidentKey: true;
    readonly userVerification: "required";
  };
}

/**
 * The site of a request that has passed the guard of hosts, or null where browsers offer no passkeys: on an address
 * instead of a name, and on plain http but for this machine's own name.
 */
export function passkeySite(url: Pick<URL, "protocol" | "hostname" | "origin">): PasskeySite | null {
  const { protocol, hostname, origin } = url;
  const isOwnName = hostname === "localhost" || hostname.endsWith(".localhost");
  if (canonicalAddress(hostname) !== null || hostname === "") return null;
  return protocol === "https:" || protocol === "http:" && isOwnName ? { rpId: hostname, origin } : null;
}

export function requestOptions({ rpId }: PasskeySite, challenge: string): RequestOptions {
  return { challenge, rpId, timeout: CHALLENGE_MS, userVerification: "required" };
}

/** @param person.uid random, so that the device keeps nothing of the person but the name they chose */
export function creationOptions({ rpId }: PasskeySite, challenge: string, person: {
  readonly uid: string;
  readonly name: string;
  /** Ids of the credentials they have here, so that a device does not make a second one. */
  readonly known: readonly string[];
}): CreationOptions {
  return {
    challenge,
    rp: { id: rpId, name: "Syntrack" },
    user: { id: userHandle(person.uid), name: person.name, displayName: person.name },
    pubKeyCredParams: ALGORITHMS.map((alg) => ({ type: "public-key", alg })),
    timeout: CHALLENGE_MS,
    attestation: "none",
    excludeCredentials: person.known.map((id) => ({ type: "public-key", id })),
    authenticatorSelection: {
      residentKey: "required",
      requireResidentKey: true,
      userVerification: "required",
    },
  };
}

/** How a device names a person back to us. */
export function userHandle(uid: string): string {
  return new TextEncoder().encode(uid).toBase64({ alphabet: "base64url", omitPadding: true });
}
