import { returnPath } from "@/lib/access/routes.ts";
import { DISMISSED_COOKIE } from "@/lib/ui/alerts/open.ts";
import { readForm } from "@/lib/web/form.ts";
import { addDismissed } from "@/lib/web/dismissed.ts";
import { preferenceCookie } from "@/lib/web/preferences.ts";
import { define } from "@/lib/web/state.ts";

/** Hides an open alert from the top of pages in this browser; it stays open, and in the bell. */
export const handlers = define.handlers({
  async POST(ctx) {
    const form = await readForm(ctx.req);
    const value = addDismissed(ctx.state.preferences.dismissed ?? [], form.get("mark") ?? "");
    const response = ctx.redirect(returnPath(form.get("back")), 303);
    response.headers.append("set-cookie", `${preferenceCookie(DISMISSED_COOKIE, value)}; HttpOnly`);
    return response;
  },
});
