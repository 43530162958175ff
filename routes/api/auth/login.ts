import { json } from "@/lib/web/answer.ts";
import { readJson } from "@/lib/web/body.ts";
import { authApi, refuseSignIn, signedInJson } from "@/lib/web/service_api/auth.ts";
import { LoginBody } from "@/lib/web/service_api/bodies.ts";
import { define } from "@/lib/web/state.ts";
import { validateBody } from "@/lib/web/validate_body.ts";

/** Exchanges a name and password for a token. */
export const handlers = define.handlers(authApi({
  async POST(ctx) {
    const { username: name, password } = validateBody(LoginBody, await readJson(ctx.req));
    const { services, client } = ctx.state;
    const done = await services.access.signIn({ name, password, client });
    return "secret" in done ? json(signedInJson(done)) : refuseSignIn(ctx, done);
  },
}));
