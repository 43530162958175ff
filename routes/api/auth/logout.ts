import { json } from "@/lib/web/answer.ts";
import { authApi, endSignIn } from "@/lib/web/service_api/auth.ts";
import { define } from "@/lib/web/state.ts";

/** Ends the caller's sign-in. */
export const handlers = define.handlers(authApi({
  async POST(ctx) {
    await endSignIn(ctx);
    return json({ ok: true });
  },
}));
