import { logsMessage } from "@/lib/formats/service_api/server.ts";
import { json } from "@/lib/web/answer.ts";
import { LogLinesParam, parseNumberParam } from "@/lib/web/params.ts";
import { serviceApi } from "@/lib/web/service_api/answer.ts";
import { define } from "@/lib/web/state.ts";

/** The newest log lines, oldest first. */
export const handlers = define.handlers(serviceApi({
  GET({ url, state }) {
    const limit = parseNumberParam(url.searchParams, "limit", LogLinesParam, 200);
    return json(logsMessage(state.services.recentLog(limit)));
  },
}));
