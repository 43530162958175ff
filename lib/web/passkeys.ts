/** Options for browsers to create or use a passkey. */
import { type Context, HttpError } from "fresh";
import { passkeySite } from "../access/passkeys/ceremony.ts";
import { json } from "./answer.ts";
import { NOT_HERE } from "./me_page.ts";
import type { State } from "./state.ts";

/** For a user not yet signed in. */
export function passkeySignInOptions({ url, state }: Context<State>): Response {
  return json(state.services.access.passkeys.beginSignIn(describeSite(url)));
}

/** For a user who adds one. */
export async function newPasskeyOptions({ url, state }: Context<State>): Promise<Response> {
  try {
    return json(await state.services.access.passkeys.beginRegistration(state.principal!, describeSite(url)));
  } catch (error) {
    // By name, since bundles may hold two copies of the class.
    if (!(error instanceof Error) || error.name !== "AccessError") throw error;
    throw new HttpError(403, error.message);
  }
}

/** @throws {HttpError} when browsers offer none */
function describeSite(url: URL) {
  const site = passkeySite(url);
  if (site === null) throw new HttpError(422, NOT_HERE);
  return site;
}
