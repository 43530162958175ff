import { answerWithEtag, api } from "@/lib/web/answer.ts";
import { chosenSpan, spanTag } from "@/lib/web/history.ts";
import { chartNotes } from "@/lib/web/notes.ts";
import { quotasNamed } from "@/lib/web/native.ts";
import { define } from "@/lib/web/state.ts";

/** The lines of a chart: all quotas, or the named ones. */
export const handlers = define.handlers(api({
  GET(ctx) {
    const { services } = ctx.state;
    const span = chosenSpan(ctx, services.zone);
    return answerWithEtag(ctx, spanTag(services, span), async () => {
      const quotas = await quotasNamed(services, ctx.url.searchParams.getAll("quota"));
      const history = await services.history({ ...span, ...quotas && { quotas }, sessions: true });
      return { ...history, notes: await chartNotes(services, history, quotas) };
    });
  },
}));
