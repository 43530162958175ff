import { healthMessage, publicHealth } from "@/lib/formats/native_api.ts";
import { decide } from "@/lib/access/decide.ts";
import { api, json } from "@/lib/web/answer.ts";
import { errorText } from "@/lib/web/failure.ts";
import { define } from "@/lib/web/state.ts";

/** The server's identity, and whether it can read its own data. */
export const handlers = define.handlers(api({
  async GET(ctx) {
    const { services } = ctx.state;
    const now = services.clock.now();
    // An unauthenticated caller learns that it works, and no figure.
    const isKnown = decide(ctx.state.principal, "read", now) === "allowed";
    try {
      const health = healthMessage(services, await services.dashboard(), now);
      return json(isKnown ? health : publicHealth(health));
    } catch (error) {
      // It still identifies itself: a caller that wants to stop this process must know that it reached it.
      services.log.error("Cannot read the accounts for a health check", { reason: errorText(error) });
      const health = healthMessage(services, null, now);
      return json(isKnown ? health : publicHealth(health), { status: 503 });
    }
  },
}));
