import { replayMessage } from "@/lib/web/rules_api.ts";
import { api, json } from "@/lib/web/answer.ts";
import { define } from "@/lib/web/state.ts";

/** What rules would have raised in the last 30 days, without changing any. */
export const handlers = define.handlers(api({
  GET: async (ctx) => json(await replayMessage(ctx.state.services, ctx.url.searchParams)),
}));
