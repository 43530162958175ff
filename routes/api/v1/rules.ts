import { changeRules, rulesMessage } from "@/lib/web/rules_api.ts";
import { api, json } from "@/lib/web/answer.ts";
import { AlertRulesBody } from "@/lib/web/alert_bodies.ts";
import { readJson } from "@/lib/web/body.ts";
import { validateBody } from "@/lib/web/validate_body.ts";
import { define } from "@/lib/web/state.ts";

/** The alert rules: general ones, and those of accounts and quotas with their own. */
export const handlers = define.handlers(api({
  GET: async (ctx) => json(await rulesMessage(ctx.state.services)),
  async PUT(ctx) {
    const { services } = ctx.state;
    const body = validateBody(AlertRulesBody, await readJson(ctx.req));
    await changeRules(services, body);
    ctx.state.done = { action: "changed alerts", target: body.of ?? "*" };
    return json(await rulesMessage(services));
  },
}));
