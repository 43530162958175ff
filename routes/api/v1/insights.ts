import { insightsDocument } from "@/lib/formats/native_documents.ts";
import { answerWithEtag, api } from "@/lib/web/answer.ts";
import { parseInsightRange } from "@/lib/web/quota_choice.ts";
import { minuteTag, resolveScope } from "@/lib/web/native.ts";
import { readHiddenInsights } from "@/lib/web/settings.ts";
import { define } from "@/lib/web/state.ts";

/** Insights with their figures and evidence, without hidden ones. */
export const handlers = define.handlers(api({
  async GET(ctx) {
    const { services } = ctx.state;
    const range = parseInsightRange(ctx);
    const { accounts } = await resolveScope(ctx);
    return answerWithEtag(ctx, minuteTag(services), async () => {
      const hidden = await readHiddenInsights(services);
      const { zone, stats, insights } = await services.analysis.insights({ range, hidden, accounts });
      return insightsDocument({ now: services.clock.now(), zone }, range, stats, insights);
    });
  },
}));
