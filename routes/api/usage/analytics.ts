import { json } from "@/lib/web/answer.ts";
import { serviceApi } from "@/lib/web/service_api/answer.ts";
import { readAnalytics } from "@/lib/web/service_api/analytics.ts";
import { define } from "@/lib/web/state.ts";

/** Usage over some days, by slot and in total. */
export const handlers = define.handlers(serviceApi({
  GET: async ({ url, state }) => json(await readAnalytics(state.services, url.searchParams)),
}));
