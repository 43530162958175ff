import { json } from "@/lib/web/answer.ts";
import { readJson } from "@/lib/web/body.ts";
import { validateBody } from "@/lib/web/validate_body.ts";
import { serviceApi } from "@/lib/web/service_api/answer.ts";
import { ReorderBody } from "@/lib/web/service_api/bodies.ts";
import { reorderServices } from "@/lib/web/service_api/change.ts";
import { listServices } from "@/lib/web/service_api/services.ts";
import { define } from "@/lib/web/state.ts";

/** Changes the order of services. */
export const handlers = define.handlers(serviceApi({
  async POST(ctx) {
    const { services } = ctx.state;
    await reorderServices(services, validateBody(ReorderBody, await readJson(ctx.req)).serviceIds);
    return json(await listServices(services));
  },
}));
