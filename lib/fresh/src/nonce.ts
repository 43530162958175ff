/**
 * A rendered response carries the nonce of its inline scripts under this registered symbol, so that a
 * middleware can put it into a policy. `Symbol.for` makes it reachable without an import, as in Fresh.
 */
const NONCE = Symbol.for("__freshNonce");

export function setResponseNonce(response: Response, nonce: string): void {
  Object.defineProperty(response, NONCE, { value: nonce });
}

/** The nonce of a rendered page, or `undefined` for every other response. */
export function responseNonce(response: Response): string | undefined {
  const nonce: unknown = Reflect.get(response, NONCE);
  return typeof nonce === "string" ? nonce : undefined;
}
