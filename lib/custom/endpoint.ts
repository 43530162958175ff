/** Turns a declared endpoint into a provider: one request to its one origin, with its key if it has one. */
import { type ProviderContext, Secret, type Setting } from "../provider/context.ts";
import { badResponseError } from "../provider_kit/decode.ts";
import { firstSetting } from "../provider_kit/login_file.ts";
import {
  type Account,
  type Answer,
  type Provider,
  ProviderError,
  variablePart,
} from "../provider/contract.ts";
import {
  refusedError,
  requestJson,
  type RequestTarget,
  unavailableError,
} from "../provider_kit/request_json.ts";
import type { Bindings } from "./bindings.ts";
import { type Endpoint, providerId } from "./declaration.ts";
import { readFigures } from "./figures.ts";

const CAP_BYTES = 1024 * 1024;

/** Returns the variable of its key when the declaration names none. */
export function deriveKey({ id }: Pick<Endpoint, "id">): string {
  return `SYNTRACK_CUSTOM_${variablePart(id)}_API_KEY`;
}

/** Returns the settings of a declared endpoint: its key, and whether it may be in the user's own network. */
export function listSettings(
  { id, request: { auth } }: Pick<Endpoint, "id" | "request">,
): readonly Setting[] {
  const part = `SYNTRACK_CUSTOM_${variablePart(id)}`;
  const approval: Setting = {
    name: `${part}_ALLOW_PRIVATE`,
    secret: false,
    help: "1 allows an address in your own network",
  };
  if (auth.type === "none") return [approval];
  // A stored key uses the name derived from the id; it comes first, then the declared variable.
  const derived: Setting = { name: deriveKey({ id }), secret: true, help: "Key of the source" };
  const named = auth.secretEnv === undefined || auth.secretEnv === derived.name ? [] : [
    { name: auth.secretEnv, secret: true, help: "Key of the source, as its declaration names it" },
  ];
  return [...named, derived, approval];
}

export function endpointProvider(declaration: Endpoint, bindings: Bindings): Provider {
  const { id, label, request } = declaration;
  const url = new URL(request.url);
  const settings = listSettings(declaration);
  const keys = settings.filter(({ secret }) => secret).map(({ name }) => name);
  const approval = settings.at(-1)?.name ?? "";

  async function read(ctx: ProviderContext, account: Account): Promise<Answer> {
    const party: RequestTarget = { vendor: label, account };
    const secret = account.secret.reveal();
    const isFree = request.auth.type === "none";
    const origin = requireOrigin(ctx, id, url);
    if (!isFree && !await bindings.bind(id, origin, secret)) {
      throw new ProviderError(
        "auth",
        `The key of ${label} is for another host than ${new URL(origin).host}`,
        {
          hint: origin === url.origin
            ? "The URL was changed: if that is intended, enter the key again with syntrack account add custom --file"
            : `${
              baseUrlName(id)
            } points to another host, and a key only goes to the host it was first sent to: unset it`,
        },
      );
    }
    try {
      const answer = await requestJson(ctx, party, url, {
        headers: { ...request.headers, ...createAuthHeaders(declaration, secret) },
        capBytes: CAP_BYTES,
        signal: AbortSignal.timeout(request.timeoutSeconds * 1000),
        explain: (status) => {
          if (status === 401 || status === 403) return refusedError(party, `status ${status}`);
          return status === 429 ? undefined : unavailableError(party, `it answered with status ${status}`);
        },
      });
      const type = answer.headers.get("content-type") ?? "";
      if (!/^\s*application\/(?:json|[\w.!#$&^+-]+\+json)\s*(?:;|$)/i.test(type)) {
        throw badResponseError(`${label} answered with something other than JSON`, "");
      }
      return readFigures(declaration, answer.body, ctx.now());
    } catch (error) {
      throw withoutAnswer(error);
    }
  }

  return {
    id: providerId(declaration),
    name: label,
    hosts: [url.hostname],
    declared: { origin: url.origin, approval },
    official: false,
    settings,
    everyMs: declaration.everySeconds * 1000,
    // deno-lint-ignore require-await -- a broken setting is to be a rejection, never a throw
    async accounts(ctx) {
      if (request.auth.type === "none") {
        return [{ name: "default", source: `the declaration of ${id}`, secret: new Secret("") }];
      }
      const found = firstSetting(ctx, keys);
      if (!found) return [];
      return [{ name: "default", source: found.source, secret: new Secret(found.value) }];
    },
    read,
  };
}

function baseUrlName(id: string): string {
  return `SYNTRACK_CUSTOM_${variablePart(id)}_BASE_URL`;
}

/** Returns the origin a request really goes to: a base URL redirects the key just as another URL would. */
function requireOrigin(ctx: ProviderContext, id: string, url: URL): string {
  const base = ctx.find(baseUrlName(id))?.value;
  return base !== undefined && URL.canParse(base) ? new URL(base).origin : url.origin;
}

function createAuthHeaders(
  { request: { auth } }: Endpoint,
  secret: string,
): Readonly<Record<string, string>> {
  switch (auth.type) {
    case "none":
      return {};
    case "bearer":
      return { authorization: `Bearer ${secret}` };
    case "x-api-key":
      return { "x-api-key": secret };
    case "header":
      return { [auth.name]: secret };
  }
}

/** Removes the response from an error: an unvetted server may echo the key in it. */
function withoutAnswer(error: unknown): unknown {
  if (!(error instanceof ProviderError) || error.answer === undefined) return error;
  const { kind, message, hint, retryAt } = error;
  return new ProviderError(kind, message, {
    ...hint === undefined ? {} : { hint },
    ...retryAt === undefined ? {} : { retryAt },
  });
}
