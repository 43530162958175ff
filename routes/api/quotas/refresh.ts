import { json } from "@/lib/web/answer.ts";
import { serviceApi } from "@/lib/web/service_api/answer.ts";
import { refreshAll } from "@/lib/web/service_api/refresh.ts";
import { define } from "@/lib/web/state.ts";

/** Polls all vendors now. */
export const handlers = define.handlers(serviceApi({
  POST: async (ctx) => json(await refreshAll(ctx.state)),
}));
