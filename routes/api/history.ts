import { encodeHistory } from "@/lib/formats/quota_api.ts";
import { answerWithEtag, api } from "@/lib/web/answer.ts";
import { parseRange, resolveChoice } from "@/lib/web/quota_choice.ts";
import { historyTag, readSamples } from "@/lib/web/history.ts";
import { define } from "@/lib/web/state.ts";

/** The history of a provider, or of all of them, as rows. */
export const handlers = define.handlers(api({
  GET(ctx) {
    const { services } = ctx.state;
    const range = parseRange(ctx);
    return answerWithEtag(
      ctx,
      historyTag(services, range),
      () =>
        resolveChoice(ctx, async ({ provider, account }) => {
          if (!account) return [];
          const quotas = account.quotas.map(({ quota }) => quota);
          return encodeHistory(provider, quotas, await readSamples(services, account, range));
        }),
    );
  },
}));
