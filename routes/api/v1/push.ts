import { api, json } from "@/lib/web/answer.ts";
import { PushRemovalBody, PushSubscriptionBody } from "@/lib/web/bodies.ts";
import { readJson } from "@/lib/web/body.ts";
import { keyOfPush, subscribeBrowser, unsubscribeBrowser } from "@/lib/web/push.ts";
import { validateBody } from "@/lib/web/validate_body.ts";
import { define } from "@/lib/web/state.ts";

/** Browsers that receive notifications: the key to subscribe to, and their subscriptions. */
export const handlers = define.handlers(api({
  async GET(ctx) {
    return json({ publicKey: await keyOfPush(ctx.state.services) });
  },
  async POST(ctx) {
    const { endpoint, keys, browser = "Browser" } = validateBody(
      PushSubscriptionBody,
      await readJson(ctx.req),
    );
    const subscription = { endpoint, ...keys, browser };
    const answer = await subscribeBrowser(ctx.state.services, subscription, ctx.url, ctx.req.signal);
    ctx.state.done = { detail: { channel: answer.channel } };
    return json(answer);
  },
  async DELETE(ctx) {
    const { endpoint } = validateBody(PushRemovalBody, await readJson(ctx.req));
    return json({ removed: await unsubscribeBrowser(ctx.state.services, endpoint) });
  },
}));
