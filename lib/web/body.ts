/** Reads request bodies, within bounds. */
import { HttpError } from "fresh";

/** Requests to this server are small. */
const MAX_BYTES = 64 * 1024;

/**
 * Parses the JSON of a request body. Only `application/json` counts, since a foreign page can send every
 * other type without a preflight.
 *
 * @throws {HttpError} 415 for another type, 413 for a body over 64 KiB, 400 for invalid JSON
 */
export async function readJson(req: Request): Promise<unknown> {
  const type = (req.headers.get("content-type") ?? "").split(";")[0]!.trim().toLowerCase();
  if (type !== "application/json") {
    throw new HttpError(415, "Cannot read the body: send it as application/json");
  }
  const text = await readText(req);
  try {
    return JSON.parse(text);
  } catch {
    throw new HttpError(400, "Cannot read the body: it is not JSON");
  }
}

/** Returns the text of a body. @throws {HttpError} 413 over 64 KiB, 408 for a body that broke off */
export async function readText(req: Request): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  let length = 0;
  for await (const chunk of readChunks(req)) {
    length += chunk.byteLength;
    if (length > MAX_BYTES) {
      throw new HttpError(413, `Cannot read the body: it is longer than ${MAX_BYTES / 1024} KiB`);
    }
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

/** Turns a client that disconnects or is too slow into status 408, since that is no failure of the server. */
async function* readChunks(req: Request): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of req.body ?? []) yield chunk;
  } catch {
    throw new HttpError(408, "Cannot read the body: it ended too early");
  }
}
