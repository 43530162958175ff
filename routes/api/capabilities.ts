import { api, json } from "@/lib/web/answer.ts";
import { define } from "@/lib/web/state.ts";

/** What this server can do, for programs written for other trackers. */
export const handlers = define.handlers(api({
  GET(ctx) {
    const { version, platform } = ctx.state.services;
    // This program has no menu bar app.
    return json({ version, platform, menubar_supported: false, menubar_running: false });
  },
}));
