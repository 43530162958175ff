import { summaryJson } from "@/lib/formats/quota_api_past.ts";
import { api, json } from "@/lib/web/answer.ts";
import { resolveChoice } from "@/lib/web/quota_choice.ts";
import { define } from "@/lib/web/state.ts";

/** Each quota of a provider in figures: now and all-time. */
export const handlers = define.handlers(api({
  async GET(ctx) {
    const { analysis, clock } = ctx.state.services;
    return json(
      await resolveChoice(ctx, async ({ provider, account }) => {
        const facts = account ? await analysis.summary([account.key]) : [];
        return summaryJson(provider, account, facts, clock.now());
      }),
    );
  },
}));
