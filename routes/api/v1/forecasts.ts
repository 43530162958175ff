import { forecastsDocument } from "@/lib/formats/native_documents.ts";
import { answerWithEtag, api } from "@/lib/web/answer.ts";
import { minuteTag, resolveScope } from "@/lib/web/native.ts";
import { define } from "@/lib/web/state.ts";

/** Forecasts of quotas, with everything they are based on. */
export const handlers = define.handlers(api({
  async GET(ctx) {
    const { services } = ctx.state;
    const { accounts, quotas } = await resolveScope(ctx);
    return answerWithEtag(ctx, minuteTag(services), async () => {
      const all = await services.analysis.quotas({ accounts });
      const head = { now: services.clock.now(), zone: services.zone };
      return forecastsDocument(head, all.filter(({ view }) => quotas.includes(view.key)));
    });
  },
}));
