import { json } from "@/lib/web/answer.ts";
import { readJson } from "@/lib/web/body.ts";
import { authApi } from "@/lib/web/service_api/auth.ts";
import { PasswordBody } from "@/lib/web/service_api/bodies.ts";
import { define } from "@/lib/web/state.ts";
import { validateBody } from "@/lib/web/validate_body.ts";

/** Changes the caller's password; ends all their other sign-ins. */
export const handlers = define.handlers(authApi({
  async POST({ req, state: { services, client, principal } }) {
    const { currentPassword, newPassword } = validateBody(PasswordBody, await readJson(req));
    if (principal!.kind !== "person") {
      return json({ error: "Only people who signed in by name have a password to change" }, { status: 403 });
    }
    await services.access.people.changePassword(principal!, client, currentPassword, newPassword);
    return json({ ok: true });
  },
}, { wrong: 401 }));
