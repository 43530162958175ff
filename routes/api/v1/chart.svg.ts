import { answerWithEtag, api } from "@/lib/web/answer.ts";
import { chartImage } from "@/lib/web/chart_image.tsx";
import { minuteTag } from "@/lib/web/native.ts";
import { define } from "@/lib/web/state.ts";

/** A chart as a standalone image. */
export const handlers = define.handlers(api({
  GET(ctx) {
    const { services } = ctx.state;
    return answerWithEtag(
      ctx,
      minuteTag(services),
      async () =>
        new Response(await chartImage(ctx, services.zone), {
          headers: {
            "content-type": "image/svg+xml; charset=utf-8",
            // Pages on other ports of this host may embed it; those of other hosts may not.
            "cross-origin-resource-policy": "same-site",
          },
        }),
    );
  },
}));
