import { requirePermission } from "@/lib/web/access_guard.ts";
import { json } from "@/lib/web/answer.ts";
import { readJson } from "@/lib/web/body.ts";
import { validateBody } from "@/lib/web/validate_body.ts";
import { noContent, notFound, serviceApi } from "@/lib/web/service_api/answer.ts";
import { ServiceChangeBody } from "@/lib/web/service_api/bodies.ts";
import { changeService, removeService } from "@/lib/web/service_api/change.ts";
import { findService, findServices } from "@/lib/web/service_api/services.ts";
import { define } from "@/lib/web/state.ts";

/** One service. */
export const handlers = define.handlers(serviceApi({
  async PUT(ctx) {
    const { services } = ctx.state;
    const wanted = validateBody(ServiceChangeBody, await readJson(ctx.req));
    if (Object.keys(wanted).length === 0) {
      return json({ error: "No valid fields to update" }, { status: 400 });
    }
    const { apiKey, bearerToken, baseUrl } = wanted;
    if (apiKey !== undefined || bearerToken !== undefined || baseUrl !== undefined) {
      requirePermission(ctx.state, "fresh");
    }
    const known = findService(await findServices(services), ctx.params.id!);
    return known ? json(await changeService(services, known, wanted)) : notFound("Service");
  },
  async DELETE(ctx) {
    const { services } = ctx.state;
    const known = findService(await findServices(services), ctx.params.id!);
    // A missing service is already removed.
    if (known) await removeService(services, known);
    return noContent();
  },
}));
