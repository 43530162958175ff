import { api } from "@/lib/web/answer.ts";
import { newPasskeyOptions } from "@/lib/web/passkeys.ts";
import { define } from "@/lib/web/state.ts";

/** Returns a challenge for adding a passkey. */
export const handlers = define.handlers(api({ POST: newPasskeyOptions }));
