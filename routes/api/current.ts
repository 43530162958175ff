import { encodeCurrent } from "@/lib/formats/quota_api.ts";
import { api, json } from "@/lib/web/answer.ts";
import { resolveChoice } from "@/lib/web/quota_choice.ts";
import { define } from "@/lib/web/state.ts";

/** The current state of a provider, or of all of them. */
export const handlers = define.handlers(api({
  async GET(ctx) {
    const now = ctx.state.services.clock.now();
    return json(
      await resolveChoice(
        ctx,
        ({ provider, account, names }) => encodeCurrent(provider, account, names, now),
      ),
    );
  },
}));
