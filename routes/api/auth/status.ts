import { json } from "@/lib/web/answer.ts";
import { serviceApi } from "@/lib/web/service_api/answer.ts";
import { define } from "@/lib/web/state.ts";

/** Whether somebody has to be made first; anybody may ask. */
export const handlers = define.handlers(serviceApi({
  GET: async ({ state: { services } }) =>
    json({ enabled: true, hasUsers: (await services.access.people.list()).length > 0 }),
}));
