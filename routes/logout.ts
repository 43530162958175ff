import { api } from "@/lib/web/answer.ts";
import { signOut } from "@/lib/web/sign_in.ts";
import { define } from "@/lib/web/state.ts";

/** Ends a sign-in. */
export const handlers = define.handlers(api({ POST: signOut }));
