import { json } from "@/lib/web/answer.ts";
import { authApi } from "@/lib/web/service_api/auth.ts";
import { define } from "@/lib/web/state.ts";

/** Ends one key. */
export const handlers = define.handlers(authApi({
  async DELETE({ params, state }) {
    await state.services.access.keys.revoke(params.id!);
    return json({ ok: true });
  },
}));
