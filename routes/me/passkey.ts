import { api } from "@/lib/web/answer.ts";
import { askForNew } from "@/lib/web/passkeys.ts";
import { define } from "@/lib/web/state.ts";

/** A challenge for somebody who adds a passkey. */
export const handlers = define.handlers(api({ POST: askForNew }));
