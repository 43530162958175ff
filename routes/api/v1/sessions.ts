import { sessionsDocument } from "@/lib/formats/native_documents.ts";
import { answerWithEtag, api } from "@/lib/web/answer.ts";
import { encodeCursor, minuteTag, parsePageQuery, resolveScope } from "@/lib/web/native.ts";
import { define } from "@/lib/web/state.ts";

/** Sessions of all accounts, or of the named ones, newest first. */
export const handlers = define.handlers(api({
  async GET(ctx) {
    const { services } = ctx.state;
    const page = parsePageQuery(ctx.url);
    const { accounts } = await resolveScope(ctx);
    return answerWithEtag(ctx, minuteTag(services), async () => {
      const { items, next } = await services.analysis.sessions({ accounts, ...page });
      const head = { now: services.clock.now(), zone: services.zone };
      return sessionsDocument(head, items, encodeCursor(next));
    });
  },
}));
