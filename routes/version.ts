import { versionMessage } from "@/lib/formats/service_api/server.ts";
import { api, json } from "@/lib/web/answer.ts";
import { define } from "@/lib/web/state.ts";

/** Which version answers. */
export const handlers = define.handlers(api({
  GET: ({ state }) => json(versionMessage(state.services.version)),
}));
