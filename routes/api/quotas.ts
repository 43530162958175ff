import { json } from "@/lib/web/answer.ts";
import { serviceApi } from "@/lib/web/service_api/answer.ts";
import { readQuotas } from "@/lib/web/service_api/services.ts";
import { define } from "@/lib/web/state.ts";

/** The present quotas of all services. */
export const handlers = define.handlers(serviceApi({
  GET: async (ctx) => json(await readQuotas(ctx.state.services)),
}));
