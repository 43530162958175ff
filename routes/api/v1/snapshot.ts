import { snapshotDocument } from "@/lib/formats/native_documents.ts";
import { answerWithEtag, api } from "@/lib/web/answer.ts";
import { minuteTag } from "@/lib/web/native.ts";
import { define } from "@/lib/web/state.ts";

/** The current state of all accounts in one document. */
export const handlers = define.handlers(api({
  GET(ctx) {
    const { services } = ctx.state;
    return answerWithEtag(ctx, minuteTag(services), async () => {
      const view = await services.dashboard();
      return snapshotDocument(view, services.zone);
    });
  },
}));
