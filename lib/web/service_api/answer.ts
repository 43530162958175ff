/** How the service API answers: failures are `{error, details?}`, and invalid input is 400. */
import type { Context } from "fresh";
import { api, type ApiHandlers, json } from "../answer.ts";
import { FieldsError } from "../failure.ts";
import type { State } from "../state.ts";

type Handler = NonNullable<ApiHandlers["GET"]>;

export function serviceApi(handlers: ApiHandlers): Handler {
  const wrapped = Object.entries(handlers).map(([method, handler]) =>
    [method, withDetails(handler)] as const
  );
  return api(Object.fromEntries(wrapped));
}

function withDetails(handler: Handler): Handler {
  return async (ctx: Context<State>) => {
    try {
      return await handler(ctx);
    } catch (error) {
      if (!(error instanceof FieldsError)) throw error;
      return json({ error: error.message, details: error.errors }, { status: 400 });
    }
  };
}

/** @param what the kind of thing that was not found */
export function notFound(what: string): Response {
  return json({ error: `${what} not found` }, { status: 404 });
}

export function noContent(): Response {
  return new Response(null, { status: 204 });
}
