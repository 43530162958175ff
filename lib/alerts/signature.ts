/**
 * Signs `timestamp.body` with HMAC-SHA256, in hexadecimal. A receiver checks both: the time against its
 * clock, which prevents replays, and the signature over the bytes it received.
 */
export async function signBody(secret: string, timestamp: string, body: string): Promise<string> {
  const text = new TextEncoder();
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const key = await crypto.subtle.importKey("raw", text.encode(secret), algorithm, false, ["sign"]);
  const signature = await crypto.subtle.sign("HMAC", key, text.encode(`${timestamp}.${body}`));
  return [...new Uint8Array(signature)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
