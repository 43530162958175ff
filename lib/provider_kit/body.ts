/** Reads a response body up to a cap. May import the provider error. */
import { ProviderError } from "../provider/contract.ts";

/**
 * Reads the whole body of a response.
 *
 * @param cap maximum body size in bytes, after decompression
 * @param vendor named in the error message
 * @throws {ProviderError} `bad_response` as soon as the body exceeds the cap
 */
export async function readBody(
  response: Response,
  cap: number,
  vendor: string,
): Promise<Uint8Array<ArrayBuffer>> {
  if (!response.body) return new Uint8Array();
  const reader = response.body.getReader();
  const chunks: Uint8Array[] = [];
  let length = 0;
  if (Number(response.headers.get("content-length")) > cap) {
    await reader.cancel();
    throw tooLong(vendor, cap);
  }
  while (true) {
    const { done, value } = await reader.read();
    if (done) break;
    length += value.length;
    if (length > cap) {
      await reader.cancel();
      throw tooLong(vendor, cap);
    }
    chunks.push(value);
  }
  const body = new Uint8Array(length);
  let offset = 0;
  for (const chunk of chunks) {
    body.set(chunk, offset);
    offset += chunk.length;
  }
  return body;
}

function tooLong(vendor: string, cap: number): ProviderError {
  return new ProviderError("bad_response", `${vendor} answered with more than ${cap} bytes`, {
    hint: "That is far more than quotas need: check for a newer version of syntrack",
  });
}
