import { json } from "@/lib/web/answer.ts";
import { readJson } from "@/lib/web/body.ts";
import { validateBody } from "@/lib/web/validate_body.ts";
import { serviceApi } from "@/lib/web/service_api/answer.ts";
import { NewServiceBody } from "@/lib/web/service_api/bodies.ts";
import { addService } from "@/lib/web/service_api/change.ts";
import { listServices } from "@/lib/web/service_api/services.ts";
import { define } from "@/lib/web/state.ts";

/** The accounts as services. It accepts secrets and never returns them. */
export const handlers = define.handlers(serviceApi({
  GET: async (ctx) => json(await listServices(ctx.state.services)),
  async POST(ctx) {
    const wanted = validateBody(NewServiceBody, await readJson(ctx.req));
    const added = await addService(ctx.state.services, wanted);
    ctx.state.done = { target: added.id, detail: { name: added.name } };
    return json(added, { status: 201 });
  },
}));
