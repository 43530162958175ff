import { insightsJson } from "@/lib/formats/quota_api_insights.ts";
import { answerWithEtag, api } from "@/lib/web/answer.ts";
import { minuteTag } from "@/lib/web/native.ts";
import { parseInsightRange, resolveChoice } from "@/lib/web/quota_choice.ts";
import { readHiddenInsights } from "@/lib/web/settings.ts";
import { define } from "@/lib/web/state.ts";

/** The insights of a provider, without hidden ones. */
export const handlers = define.handlers(api({
  GET(ctx) {
    const { services } = ctx.state;
    const range = parseInsightRange(ctx);
    return answerWithEtag(
      ctx,
      minuteTag(services),
      () =>
        resolveChoice(ctx, async ({ provider, account }) => {
          const hidden = await readHiddenInsights(services);
          const accounts = account ? [account.key] : [];
          const { stats, insights } = await services.analysis.insights({ range, hidden, accounts });
          return insightsJson(provider, stats, insights);
        }),
    );
  },
}));
