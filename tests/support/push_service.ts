/**
 * A browser and its push service, written from RFC 8291, RFC 8188 and RFC 8292: it accepts posts to a
 * subscription, verifies the signature and decrypts the message with the browser's keys.
 */

export interface BrowserKeys {
  /** base64url, as browsers encode them. */
  readonly p256dh: string;
  readonly auth: string;
  readonly privateKey: CryptoKey;
}

export function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.fromBase64(text, { alphabet: "base64url" });
}

export function textOf(bytes: Uint8Array): string {
  return bytes.toBase64({ alphabet: "base64url", omitPadding: true });
}

const CURVE = { name: "ECDH", namedCurve: "P-256" } as const;

export async function makeBrowserKeys(): Promise<BrowserKeys> {
  const pair = await crypto.subtle.generateKey(CURVE, true, ["deriveBits"]);
  return {
    p256dh: textOf(new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey))),
    auth: textOf(crypto.getRandomValues(new Uint8Array(16))),
    privateKey: pair.privateKey,
  };
}

/** Returns the keys of a browser with a known private key, as in the example of the RFC. */
export async function browserKeys(p256dh: string, auth: string, d: string): Promise<BrowserKeys> {
  const point = bytesOf(p256dh);
  const jwk = { kty: "EC", crv: "P-256", x: textOf(point.slice(1, 33)), y: textOf(point.slice(33)), d };
  return {
    p256dh,
    auth,
    privateKey: await crypto.subtle.importKey("jwk", jwk, CURVE, false, ["deriveBits"]),
  };
}

async function hkdf(
  salt: Uint8Array<ArrayBuffer>,
  input: Uint8Array<ArrayBuffer>,
  info: Uint8Array<ArrayBuffer>,
  length: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const key = await crypto.subtle.importKey("raw", input, "HKDF", false, ["deriveBits"]);
  return new Uint8Array(
    await crypto.subtle.deriveBits({ name: "HKDF", hash: "SHA-256", salt, info }, key, length * 8),
  );
}

/** Decrypts a body with `content-encoding: aes128gcm`. @throws {Error} if it is not for these keys */
export async function decryptPush(body: Uint8Array<ArrayBuffer>, browser: BrowserKeys): Promise<string> {
  const text = new TextEncoder();
  const salt = body.slice(0, 16);
  const keyLength = body[20]!;
  const sender = body.slice(21, 21 + keyLength);
  const senderKey = await crypto.subtle.importKey("raw", sender, CURVE, false, []);
  const shared = new Uint8Array(
    await crypto.subtle.deriveBits({ name: "ECDH", public: senderKey }, browser.privateKey, 256),
  );
  const info = new Uint8Array([...text.encode("WebPush: info\0"), ...bytesOf(browser.p256dh), ...sender]);
  const input = await hkdf(bytesOf(browser.auth), shared, info, 32);
  const key = await hkdf(salt, input, text.encode("Content-Encoding: aes128gcm\0"), 16);
  const nonce = await hkdf(salt, input, text.encode("Content-Encoding: nonce\0"), 12);
  const secret = await crypto.subtle.importKey("raw", key, "AES-GCM", false, ["decrypt"]);
  const padded = new Uint8Array(
    await crypto.subtle.decrypt({ name: "AES-GCM", iv: nonce }, secret, body.slice(21 + keyLength)),
  );
  const end = padded.findLastIndex((byte) => byte !== 0);
  if (padded[end] !== 2) throw new Error("The last record does not end with 2");
  return new TextDecoder().decode(padded.subarray(0, end));
}

/** Verifies the signature of a request and returns its claims. @throws {Error} if it is not signed by its key */
export async function readVapidClaims(authorization: string): Promise<Record<string, unknown>> {
  const [, token = "", k = ""] = /^vapid t=([^,]+), ?k=(.+)$/.exec(authorization) ?? [];
  const [head = "", claims = "", signature = ""] = token.split(".");
  const key = await crypto.subtle.importKey(
    "raw",
    bytesOf(k),
    { name: "ECDSA", namedCurve: "P-256" },
    false,
    ["verify"],
  );
  const signed = new TextEncoder().encode(`${head}.${claims}`);
  const isValid = await crypto.subtle.verify(
    { name: "ECDSA", hash: "SHA-256" },
    key,
    bytesOf(signature),
    signed,
  );
  if (!isValid) throw new Error("The signature is not of the key");
  return JSON.parse(new TextDecoder().decode(bytesOf(claims)));
}

export interface PushedMessage {
  readonly path: string;
  readonly headers: Headers;
  readonly claims: Record<string, unknown>;
  readonly data: Record<string, unknown>;
}

/** A push service in place of a real one: `fetch` calls it instead. */
export function pushService(browser: BrowserKeys, status: (count: number) => number = () => 201) {
  const taken: PushedMessage[] = [];
  const fetch = async (input: Request | URL | string, init?: RequestInit): Promise<Response> => {
    const request = new Request(input, init);
    const body = new Uint8Array(await request.arrayBuffer());
    taken.push({
      path: new URL(request.url).pathname,
      headers: request.headers,
      claims: await readVapidClaims(request.headers.get("authorization") ?? ""),
      data: JSON.parse(await decryptPush(body, browser)),
    });
    return new Response(null, { status: status(taken.length) });
  };
  const endpoint = "https://updates.push.services.mozilla.com/wpush/v2/abc";
  return {
    taken,
    subscription: { endpoint, p256dh: browser.p256dh, auth: browser.auth },
    outside: { fetch: fetch as typeof globalThis.fetch, resolve: () => Promise.resolve(["142.250.0.7"]) },
  };
}
