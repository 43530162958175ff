import { json } from "@/lib/web/answer.ts";
import { serviceApi } from "@/lib/web/service_api/answer.ts";
import { define } from "@/lib/web/state.ts";

/** Reports whether the first admin is still to be created; open to everyone. */
export const handlers = define.handlers(serviceApi({
  GET: async ({ state: { services } }) =>
    json({ enabled: true, hasUsers: (await services.access.people.list()).length > 0 }),
}));
