/**
 * Verifies answers of devices with the library, which takes a moment and ten megabytes to load. So it is
 * loaded by its address for the first answer worth a check: one to a challenge of ours.
 */
import { verifyAuthenticationResponse, verifyRegistrationResponse } from "@simplewebauthn/server";
import { decodeAttestationObject } from "@simplewebauthn/server/helpers";
import type { NewAnswer, SignInAnswer } from "./answers.ts";
import { ALGORITHMS, type PasskeySite } from "./ceremony.ts";

/** The stored fields of a credential that verification needs. */
export interface StoredCredential {
  readonly credentialId: string;
  /** COSE, in base64url. */
  readonly publicKey: string;
  /** How often the device says it was used; 0 for devices that do not count. */
  readonly counter: number;
}

export interface VerifiedNew extends StoredCredential {
  readonly isBackedUp: boolean;
}

export interface VerifiedUse {
  readonly counter: number;
  readonly isBackedUp: boolean;
}

export interface Verifier {
  /** Null when anything is wrong. */
  readonly verifyNew: (answer: NewAnswer, site: PasskeySite) => Promise<VerifiedNew | null>;
  /** Null when anything is wrong. */
  readonly verifyUse: (
    answer: SignInAnswer,
    site: PasskeySite,
    stored: StoredCredential,
  ) => Promise<VerifiedUse | null>;
}

export const verifyNew: Verifier["verifyNew"] = async (answer, site) => {
  const { challenge, clientExtensionResults: _, response, ...rest } = answer;
  try {
    if (!hasPlainStatement(response.attestationObject)) return null;
    const { verified, registrationInfo } = await verifyRegistrationResponse({
      response: { ...rest, response, clientExtensionResults: {} },
      expectedChallenge: challenge,
      expectedOrigin: site.origin,
      expectedRPID: site.rpId,
      requireUserVerification: true,
      supportedAlgorithmIDs: [...ALGORITHMS],
    });
    if (!verified) return null;
    const { credential, credentialBackedUp } = registrationInfo;
    if (credential.id !== answer.id) return null;
    return {
      credentialId: credential.id,
      publicKey: credential.publicKey.toBase64({ alphabet: "base64url", omitPadding: true }),
      counter: credential.counter,
      isBackedUp: credentialBackedUp,
    };
  } catch {
    return null;
  }
};

export const verifyUse: Verifier["verifyUse"] = async (answer, site, stored) => {
  const { challenge, ...rest } = answer;
  try {
    const { verified, authenticationInfo } = await verifyAuthenticationResponse({
      response: { ...rest, clientExtensionResults: {} },
      expectedChallenge: challenge,
      expectedOrigin: site.origin,
      expectedRPID: site.rpId,
      requireUserVerification: true,
      credential: {
        id: stored.credentialId,
        publicKey: Uint8Array.fromBase64(stored.publicKey, { alphabet: "base64url" }),
        counter: stored.counter,
      },
    });
    if (!verified) return null;
    return { counter: authenticationInfo.newCounter, isBackedUp: authenticationInfo.credentialBackedUp };
  } catch {
    return null;
  }
};

/**
 * Reports whether the attestation is absent or made by the device itself. We request none from its maker, and
 * the library must not fetch the revocation lists that certificates in one name.
 */
function hasPlainStatement(attestationObject: string): boolean {
  const object = decodeAttestationObject(Uint8Array.fromBase64(attestationObject, { alphabet: "base64url" }));
  const format = object.get("fmt");
  return format === "none" || format === "packed" && object.get("attStmt").get("x5c") === undefined;
}
