import { EXPOSITION_TYPE } from "@/lib/formats/exposition.ts";
import { metricsText } from "@/lib/formats/metrics.ts";
import { api } from "@/lib/web/answer.ts";
import { errorText } from "@/lib/web/failure.ts";
import { define } from "@/lib/web/state.ts";

/** The metrics Prometheus scrapes. */
export const handlers = define.handlers(api({
  async GET(ctx) {
    const { services } = ctx.state;
    const { version, startedAt } = services;
    // Without the accounts it still reports on itself, so that an alert can name the problem.
    const [view, alerts, processStats] = await Promise.all([
      services.dashboard({ withHidden: true }).catch((error) => {
        services.log.error("Cannot read the accounts for metrics", { reason: errorText(error) });
        return null;
      }),
      services.alerts.counts().catch((error) => {
        services.log.error("Cannot read the alerts for metrics", { reason: errorText(error) });
        return null;
      }),
      services.processStats(),
    ]);
    const text = metricsText({ version, startedAt, view, tally: services.tally(), alerts, processStats });
    return new Response(text, { headers: { "content-type": EXPOSITION_TYPE } });
  },
}));
