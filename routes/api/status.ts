import { json } from "@/lib/web/answer.ts";
import { serviceApi } from "@/lib/web/service_api/answer.ts";
import { readStatuses } from "@/lib/web/service_api/services.ts";
import { define } from "@/lib/web/state.ts";

/** How all services stand. Reading asks no vendor: the program does that by its clock, or on POST /api/quotas/refresh. */
export const handlers = define.handlers(serviceApi({
  GET: async (ctx) => json(await readStatuses(ctx.state.services)),
}));
