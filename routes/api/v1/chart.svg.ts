import { api, tagged } from "@/lib/web/answer.ts";
import { chartImage } from "@/lib/web/chart_image.tsx";
import { minuteTag } from "@/lib/web/native.ts";
import { define } from "@/lib/web/state.ts";

/** A chart as an image that stands alone. */
export const handlers = define.handlers(api({
  GET(ctx) {
    const { services } = ctx.state;
    return tagged(ctx, minuteTag(services), async () =>
      new Response(await chartImage(ctx, services.zone), {
        headers: {
          "content-type": "image/svg+xml; charset=utf-8",
          // Pages of other ports of this very host may show it; those of other hosts may not.
          "cross-origin-resource-policy": "same-site",
        },
      }));
  },
}));
