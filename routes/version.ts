import { versionMessage } from "@/lib/formats/service_api/server.ts";
import { api, json } from "@/lib/web/answer.ts";
import { define } from "@/lib/web/state.ts";

/** The version of the server. */
export const handlers = define.handlers(api({
  GET: ({ state }) => json(versionMessage(state.services.version)),
}));
