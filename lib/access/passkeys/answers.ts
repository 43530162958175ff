/** Parses passkey answers of browsers. Anyone may send them, so their size is checked before parsing. */
import * as v from "valibot";

/** The longest accepted answer: the largest signatures and keys in use take a quarter of it. */
const MAX_ANSWER_CHARACTERS = 16_384;
const MAX_ID_CHARACTERS = 1364;

function createBase64Schema(max: number) {
  return v.pipe(v.string(), v.minLength(1), v.maxLength(max), v.regex(/^[A-Za-z0-9_-]+$/));
}

const Id = createBase64Schema(MAX_ID_CHARACTERS);

const SignInAnswer = v.object({
  id: Id,
  rawId: Id,
  type: v.literal("public-key"),
  response: v.object({
    clientDataJSON: createBase64Schema(4096),
    authenticatorData: createBase64Schema(4096),
    signature: createBase64Schema(8192),
    // Always present when no name was typed.
    userHandle: createBase64Schema(128),
  }),
});

const NewAnswer = v.object({
  id: Id,
  rawId: Id,
  type: v.literal("public-key"),
  response: v.object({
    clientDataJSON: createBase64Schema(4096),
    attestationObject: createBase64Schema(12_288),
  }),
  clientExtensionResults: v.optional(v.object({
    credProps: v.optional(v.object({ rk: v.optional(v.boolean()) })),
  })),
});

/** The client data that the browser signs too. In a frame of another page it would say so. */
function clientData<const Type extends string>(type: Type) {
  return v.object({
    type: v.literal(type),
    challenge: createBase64Schema(256),
    origin: v.pipe(v.string(), v.maxLength(512)),
    crossOrigin: v.optional(v.literal(false)),
    topOrigin: v.optional(v.never()),
  });
}

const SignInData = clientData("webauthn.get");
const NewData = clientData("webauthn.create");

export type SignInAnswer = v.InferOutput<typeof SignInAnswer> & { readonly challenge: string };
export type NewAnswer = v.InferOutput<typeof NewAnswer> & { readonly challenge: string };

/** Null when it is not an answer to a sign-in request. */
export function readSignInAnswer(text: string): SignInAnswer | null {
  const answer = parseAnswer(SignInAnswer, text);
  const data = answer && parseAnswer(SignInData, decodeBase64(answer.response.clientDataJSON));
  return data ? { ...answer, challenge: data.challenge } : null;
}

/** Null when it is not an answer to a request for a new passkey. */
export function readNewAnswer(text: string): NewAnswer | null {
  const answer = parseAnswer(NewAnswer, text);
  const data = answer && parseAnswer(NewData, decodeBase64(answer.response.clientDataJSON));
  // A passkey that the device cannot find by itself would be useless on the sign-in page.
  if (!data || answer.clientExtensionResults?.credProps?.rk === false) return null;
  return { ...answer, challenge: data.challenge };
}

function parseAnswer<Schema extends v.GenericSchema>(
  schema: Schema,
  text: string,
): v.InferOutput<Schema> | null {
  if (text.length > MAX_ANSWER_CHARACTERS) return null;
  try {
    const result = v.safeParse(schema, JSON.parse(text));
    return result.success ? result.output : null;
  } catch {
    return null;
  }
}

/** Returns an empty string, which is not JSON, when it cannot be decoded. */
function decodeBase64(base64: string): string {
  try {
    const bytes = Uint8Array.fromBase64(base64, { alphabet: "base64url" });
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return "";
  }
}
