import { aliveMessage } from "@/lib/formats/service_api/server.ts";
import { api, json } from "@/lib/web/answer.ts";
import { define } from "@/lib/web/state.ts";

/** Reports that this server answers, for monitors; open to everyone, so it says nothing else. */
export const handlers = define.handlers(api({
  GET: ({ state }) => json(aliveMessage(state.services.clock.now())),
}));
