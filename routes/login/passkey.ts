import { api } from "@/lib/web/answer.ts";
import { askToSignIn } from "@/lib/web/passkeys.ts";
import { define } from "@/lib/web/state.ts";

/** A challenge for whoever signs in by passkey. */
export const handlers = define.handlers(api({ POST: askToSignIn }));
