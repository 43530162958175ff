import { sessionRows } from "@/lib/formats/quota_api_past.ts";
import { recentIntervalMs } from "@/lib/model/view/view.ts";
import { answerWithEtag, api } from "@/lib/web/answer.ts";
import { minuteTag } from "@/lib/web/native.ts";
import { resolveChoice } from "@/lib/web/quota_choice.ts";
import { define } from "@/lib/web/state.ts";

const MAX_SESSIONS = 200;

/** The sessions of an account, newest first. */
export const handlers = define.handlers(api({
  GET(ctx) {
    const { services } = ctx.state;
    return answerWithEtag(
      ctx,
      minuteTag(services),
      () =>
        resolveChoice(ctx, async ({ provider, account }) => {
          if (!account) return [];
          const providers = await services.providers();
          const { items } = await services.analysis.sessions({
            accounts: [account.key],
            limit: MAX_SESSIONS,
          });
          const quotas = account.quotas.map(({ quota }) => quota);
          const set = providers.find(({ id }) => id === provider)?.intervalMs ?? services.intervalMs;
          const interval = recentIntervalMs(account) ?? set;
          return sessionRows(provider, quotas, items, interval);
        }),
    );
  },
}));
