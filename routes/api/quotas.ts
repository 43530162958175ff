import { json } from "@/lib/web/answer.ts";
import { serviceApi } from "@/lib/web/service_api/answer.ts";
import { readQuotas } from "@/lib/web/service_api/services.ts";
import { define } from "@/lib/web/state.ts";

/** The quotas of all services as they stand. */
export const handlers = define.handlers(serviceApi({
  GET: async (ctx) => json(await readQuotas(ctx.state.services)),
}));
