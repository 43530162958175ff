import { json } from "@/lib/web/answer.ts";
import { authApi } from "@/lib/web/service_api/auth.ts";
import { define } from "@/lib/web/state.ts";

/** Revokes one key. */
export const handlers = define.handlers(authApi({
  async DELETE({ params, state }) {
    const { keys } = state.services.access;
    const known = (await keys.list()).find(({ id }) => id === params.id);
    await keys.revoke(params.id!);
    state.done = { target: known?.name ?? null };
    return json({ ok: true });
  },
}));
