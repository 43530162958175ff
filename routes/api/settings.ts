import { quotaSettings } from "@/lib/formats/settings.ts";
import type { AccountKey } from "@/lib/model/quota.ts";
import { requirePermission } from "@/lib/web/access_guard.ts";
import { api, json } from "@/lib/web/answer.ts";
import { QuotaSettingsBody } from "@/lib/web/bodies.ts";
import { readJson } from "@/lib/web/body.ts";
import { validateBody } from "@/lib/web/validate_body.ts";
import { parseZone, readSettings, save } from "@/lib/web/settings.ts";
import { define } from "@/lib/web/state.ts";

/** The settings users change in the dashboard. */
export const handlers = define.handlers(api({
  async GET(ctx) {
    return json(quotaSettings(await readSettings(ctx.state.services)));
  },
  async PUT(ctx) {
    const body = validateBody(QuotaSettingsBody, await readJson(ctx.req));
    // Data past a shortened retention is deleted.
    if (body.keep_readings_days !== undefined) requirePermission(ctx.state, "access");
    const { timezone, hidden_insights, display, thresholds } = body;
    const order = body.account_order as readonly AccountKey[] | undefined;
    const saved = quotaSettings(
      await save(ctx.state.services, {
        zone: timezone === undefined ? undefined : parseZone(timezone),
        hiddenInsights: hidden_insights,
        display,
        thresholds: thresholds && {
          warning: thresholds.warning / 100,
          critical: thresholds.critical / 100,
        },
        workDays: body.work_days,
        theme: body.theme,
        density: body.density,
        keepReadingsDays: body.keep_readings_days,
        accountOrder: order,
        accounts: body.accounts,
      }, "account_order"),
    );
    ctx.state.done = { detail: { fields: Object.keys(body).join(", ") } };
    // Return only what was sent.
    return json(Object.fromEntries(Object.entries(saved).filter(([key]) => Object.hasOwn(body, key))));
  },
}));
