import { api, json } from "@/lib/web/answer.ts";
import { define } from "@/lib/web/state.ts";

/** What this server can do, for programs written for others of its kind. */
export const handlers = define.handlers(api({
  GET(ctx) {
    const { version, platform } = ctx.state.services;
    // There is no menu bar program.
    return json({ version, platform, menubar_supported: false, menubar_running: false });
  },
}));
