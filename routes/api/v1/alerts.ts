import { alertJson } from "@/lib/formats/alerts.ts";
import { isAboutProgram } from "@/lib/model/alerts/alert.ts";
import { api, json } from "@/lib/web/answer.ts";
import { define } from "@/lib/web/state.ts";

const MAX_ALERTS = 200;

/** The newest alerts, with the delivery of each in every channel. */
export const handlers = define.handlers(api({
  async GET(ctx) {
    const { alerts, dashboard } = ctx.state.services;
    const [raised, deliveries, { accounts }] = await Promise.all([
      alerts.list(),
      alerts.deliveries(),
      dashboard(),
    ]);
    const known = new Set<string>(accounts.map(({ key }) => key));
    const shown = raised.filter(({ account }) => known.has(account) || isAboutProgram(account)).slice(
      0,
      MAX_ALERTS,
    );
    return json({ alerts: shown.map((one) => alertJson(one, deliveries)) });
  },
}));
