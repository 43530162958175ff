import { ChannelNameBody } from "@/lib/web/alert_bodies.ts";
import { api, json } from "@/lib/web/answer.ts";
import { readJson } from "@/lib/web/body.ts";
import { testChannel } from "@/lib/web/channels.ts";
import { validateBody } from "@/lib/web/validate_body.ts";
import { define } from "@/lib/web/state.ts";

/** Sends a test message at once, and reports the outcome. */
export const handlers = define.handlers(api({
  async POST(ctx) {
    const { id } = validateBody(ChannelNameBody, await readJson(ctx.req));
    const { isTaken, problem, tookMs, asked } = await testChannel(ctx.state.services, id);
    ctx.state.done = { action: "tested a channel", target: id };
    return json({ id, taken: isTaken, problem, tookMs, asked });
  },
}));
