import { api } from "@/lib/web/answer.ts";
import { passkeySignInOptions } from "@/lib/web/passkeys.ts";
import { define } from "@/lib/web/state.ts";

/** Returns a challenge for signing in by passkey. */
export const handlers = define.handlers(api({ POST: passkeySignInOptions }));
