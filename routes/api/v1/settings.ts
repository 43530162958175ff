import { settingsMessage } from "@/lib/formats/settings.ts";
import { requirePermission } from "@/lib/web/access_guard.ts";
import { api, json } from "@/lib/web/answer.ts";
import { SettingsBody } from "@/lib/web/bodies.ts";
import { readJson } from "@/lib/web/body.ts";
import { validateBody } from "@/lib/web/validate_body.ts";
import { parseZone, readSettings, save } from "@/lib/web/settings.ts";
import { define } from "@/lib/web/state.ts";

/** The settings users change in the dashboard. */
export const handlers = define.handlers(api({
  async GET(ctx) {
    return json(settingsMessage(await readSettings(ctx.state.services)));
  },
  async PUT(ctx) {
    const { timeZone, ...others } = validateBody(SettingsBody, await readJson(ctx.req));
    // Data past a shortened retention is deleted.
    if (others.keepReadingsDays !== undefined) requirePermission(ctx.state, "access");
    const zone = timeZone === undefined ? undefined : parseZone(timeZone);
    const saved = await save(ctx.state.services, { ...others, zone });
    ctx.state.done = {
      detail: { fields: Object.keys({ ...others, ...timeZone !== undefined && { timeZone } }).join(", ") },
    };
    return json(settingsMessage(saved));
  },
}));
