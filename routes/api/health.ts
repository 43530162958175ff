import { healthMessage } from "@/lib/formats/native_api.ts";
import { api, json } from "@/lib/web/answer.ts";
import { errorText } from "@/lib/web/failure.ts";
import { define } from "@/lib/web/state.ts";

/** Who is answering, and whether it can read its own data. */
export const handlers = define.handlers(api({
  async GET(ctx) {
    const { services } = ctx.state;
    const now = services.clock.now();
    try {
      return json(healthMessage(services, await services.dashboard(), now));
    } catch (error) {
      // It still says who it is: whoever wants to stop this run has to know that it reached it.
      services.log.error("Cannot read the accounts for a health check", { reason: errorText(error) });
      return json(healthMessage(services, null, now), { status: 503 });
    }
  },
}));
