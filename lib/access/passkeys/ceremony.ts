/** Builds the WebAuthn options for creating and using passkeys, as JSON. Pure, and without the library. */
import { MINUTE_MS } from "../../model/duration.ts";
import { canonicalAddress } from "../../net/address.ts";

/** The site a user visits: passkeys belong to its host name, and browsers report the page that used one. */
export interface PasskeySite {
  /** Host name; never an IP address. */
  readonly rpId: string;
  /** Scheme, name and port, as browsers write it. */
  readonly origin: string;
}

/** How long a challenge may be answered. */
export const CHALLENGE_MS = 5 * MINUTE_MS;

/** EdDSA, ES256 and RS256, which devices support. */
export const ALGORITHMS: readonly number[] = [-8, -7, -257];

/** For `navigator.credentials.get`: any passkey of this site, so that no name must be typed. */
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
 * Returns the site of a request that passed the host guard, or null where browsers offer no passkeys: at an
 * IP address, and on plain http except under this machine's own name.
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

/** @param person.uid random, so that the device stores nothing about the user except their chosen name */
export function creationOptions({ rpId }: PasskeySite, challenge: string, person: {
  readonly uid: string;
  readonly name: string;
  /** Ids of the credentials they have here, so that a device creates no second one. */
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

/** Encodes the id of a user as devices keep it with a passkey and return it: base64url. */
export function userHandle(uid: string): string {
  return new TextEncoder().encode(uid).toBase64({ alphabet: "base64url", omitPadding: true });
}
