import { json } from "@/lib/web/answer.ts";
import { serviceApi } from "@/lib/web/service_api/answer.ts";
import { readStatuses } from "@/lib/web/service_api/services.ts";
import { define } from "@/lib/web/state.ts";

/** The status of all services, as last read. */
export const handlers = define.handlers(serviceApi({
  GET: async (ctx) => json(await readStatuses(ctx.state.services)),
}));
