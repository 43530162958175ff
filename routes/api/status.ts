import { json } from "@/lib/web/answer.ts";
import { serviceApi } from "@/lib/web/service_api/answer.ts";
import { readStatuses } from "@/lib/web/service_api/services.ts";
import { define } from "@/lib/web/state.ts";

/**
 * The status of all services. Reading it polls no vendor: the program
 * does that on schedule, or on POST /api/quotas/refresh.
 */
export const handlers = define.handlers(serviceApi({
  GET: async (ctx) => json(await readStatuses(ctx.state.services)),
}));
