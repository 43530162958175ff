import { json } from "@/lib/web/answer.ts";
import { authApi, meJson } from "@/lib/web/service_api/auth.ts";
import { define } from "@/lib/web/state.ts";

/** Identifies the caller. */
export const handlers = define.handlers(authApi({ GET: async ({ state }) => json(await meJson(state)) }));
