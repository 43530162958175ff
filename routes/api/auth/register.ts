import { json } from "@/lib/web/answer.ts";
import { readJson } from "@/lib/web/body.ts";
import { authApi, signedInJson } from "@/lib/web/service_api/auth.ts";
import { RegisterBody } from "@/lib/web/service_api/bodies.ts";
import { define } from "@/lib/web/state.ts";
import { validateBody } from "@/lib/web/validate_body.ts";

/** Creates the first admin, with the code the terminal shows. */
export const handlers = define.handlers(authApi({
  async POST({ req, state: { services, client } }) {
    const { username: name, password, setupCode: code } = validateBody(RegisterBody, await readJson(req));
    const done = await services.access.setUp.register({ code, name, password, client });
    return json(signedInJson(done), { status: 201 });
  },
}));
