import { json } from "@/lib/web/answer.ts";
import { serviceApi } from "@/lib/web/service_api/answer.ts";
import { readProviderAnalytics } from "@/lib/web/service_api/analytics.ts";
import { define } from "@/lib/web/state.ts";

/** Usage over some days, by vendor. */
export const handlers = define.handlers(serviceApi({
  GET: async ({ url, state }) => json(await readProviderAnalytics(state.services, url.searchParams)),
}));
