import { SnoozeBody, SnoozeTargetBody } from "@/lib/web/alert_bodies.ts";
import { addSnooze, endSnooze, snoozesMessage } from "@/lib/web/alert_snooze.ts";
import { api, json } from "@/lib/web/answer.ts";
import { readJson } from "@/lib/web/body.ts";
import { define } from "@/lib/web/state.ts";
import { validateBody } from "@/lib/web/validate_body.ts";

/** What is snoozed. */
export const handlers = define.handlers(api({
  GET: async (ctx) => json(await snoozesMessage(ctx.state.services)),
  async POST(ctx) {
    const body = validateBody(SnoozeBody, await readJson(ctx.req));
    ctx.state.done = { action: "changed alerts", target: body.target };
    return json(await addSnooze(ctx.state.services, body));
  },
  async DELETE(ctx) {
    const { target } = validateBody(SnoozeTargetBody, await readJson(ctx.req));
    ctx.state.done = { action: "changed alerts", target };
    return json(await endSnooze(ctx.state.services, target));
  },
}));
