import { json } from "@/lib/web/answer.ts";
import { readJson } from "@/lib/web/body.ts";
import { authApi, keyJson } from "@/lib/web/service_api/auth.ts";
import { NewKeyBody } from "@/lib/web/service_api/bodies.ts";
import { define } from "@/lib/web/state.ts";
import { validateBody } from "@/lib/web/validate_body.ts";

/** Lists the keys; shows a new one only once. */
export const handlers = define.handlers(authApi({
  GET: async ({ state }) => json((await state.services.access.keys.list()).map(keyJson)),
  async POST({ req, state }) {
    const { services, principal } = state;
    const { name, scopes = ["read", "poll"], expiresAt } = validateBody(NewKeyBody, await readJson(req));
    const { key, secret } = await services.access.keys.create({
      name,
      scopes,
      expiresAt: expiresAt === undefined ? null : expiresAt * 1000,
    }, principal!);
    state.done = { target: key.name, detail: { scopes: key.scopes.join(", ") } };
    return json({ ...keyJson(key), key: secret }, { status: 201 });
  },
}));
