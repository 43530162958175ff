import { json } from "@/lib/web/answer.ts";
import { HoursParam, parseNumberParam } from "@/lib/web/params.ts";
import { serviceApi } from "@/lib/web/service_api/answer.ts";
import { findRequestedQuotas, readHistory } from "@/lib/web/service_api/past.ts";
import { findServices } from "@/lib/web/service_api/services.ts";
import { define } from "@/lib/web/state.ts";

/** Usage over some hours, newest first. */
export const handlers = define.handlers(serviceApi({
  async GET({ url: { searchParams: query }, state: { services } }) {
    const hours = parseNumberParam(query, "hours", HoursParam, 24);
    const requested = findRequestedQuotas(await findServices(services), {
      serviceId: query.get("serviceId"),
      metric: query.get("metric"),
    });
    return json(await readHistory(services.store, requested, hours, services.clock.now()));
  },
}));
