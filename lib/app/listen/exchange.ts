/** Converts between Node's requests and answers and those of the web platform. */
import type { IncomingMessage, ServerResponse } from "node:http";

/** Answers up to this size are buffered to send their length; longer ones are sent in chunks. */
const MAX_GATHERED_BYTES = 256 * 1024;

/** Converts the headers as received: repeated ones are joined, so that readers see all values. */
export function copyHeaders(incoming: IncomingMessage): Headers {
  const headers = new Headers();
  const { rawHeaders } = incoming;
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) headers.append(rawHeaders[at]!, rawHeaders[at + 1]!);
  return headers;
}

/**
 * Returns the complete URL, or null when the Host header and the request line give none. An absolute URL in
 * the line takes precedence; other code checks that both agree.
 */
export function buildUrl(
  incoming: IncomingMessage,
  headers: Headers,
  protocol: "http" | "https" = "http",
): URL | null {
  const target = incoming.url ?? "/";
  const host = headers.get("host");
  if (host === null || host === "") return null;
  const whole = target.startsWith("/") ? `${protocol}://${host}${target}` : target;
  if (!URL.canParse(whole)) return null;
  const url = new URL(whole);
  const isPlain = url.protocol === `${protocol}:` && url.username === "" && url.password === "" &&
    url.host !== "";
  return isPlain ? url : null;
}

/** Streams the body at the reader's pace. Fails when the connection does. */
export function streamBody(incoming: IncomingMessage): ReadableStream<Uint8Array<ArrayBuffer>> {
  let over = false;
  return new ReadableStream<Uint8Array<ArrayBuffer>>({
    start(controller) {
      const end = (act: () => void) => {
        if (!over) act();
        over = true;
      };
      incoming.on("data", (chunk: Uint8Array) => {
        if (over) return;
        controller.enqueue(new Uint8Array(chunk));
        if ((controller.desiredSize ?? 0) <= 0) incoming.pause();
      });
      incoming.on("end", () => end(() => controller.close()));
      incoming.on("error", (error) => end(() => controller.error(error)));
      incoming.on("close", () => end(() => controller.error(new Error("The connection closed too early"))));
      incoming.pause();
    },
    pull() {
      incoming.resume();
    },
    cancel() {
      over = true;
      incoming.resume();
    },
  });
}

export interface SendOptions {
  readonly method: string;
  /** How long a client may read nothing. */
  readonly unreadMs: number;
  /** Announces in the answer that the connection will close. */
  readonly last: boolean;
}

/** Sends an answer at the client's pace. Cancels its source when the client stalls or disconnects. */
export async function send(
  response: Response,
  outgoing: ServerResponse,
  { method, unreadMs, last }: SendOptions,
): Promise<void> {
  const headers = [...response.headers].flat();
  if (last) headers.push("connection", "close");
  const { status, body } = response;
  if (body === null || method === "HEAD") {
    await body?.cancel();
    outgoing.writeHead(status, headers).end();
    return await waitForFinish(outgoing, unreadMs);
  }
  const reader = body.getReader();
  const stop = () => void reader.cancel().catch(() => {});
  outgoing.once("close", stop);
  try {
    const { chunks, done } = isStream(response) ? { chunks: [], done: false } : await gather(reader);
    if (done && !response.headers.has("content-length")) {
      headers.push("content-length", String(chunks.reduce((sum, chunk) => sum + chunk.byteLength, 0)));
    }
    outgoing.writeHead(status, headers);
    outgoing.flushHeaders();
    for (const chunk of chunks) await write(outgoing, chunk, unreadMs);
    while (!done) {
      const next = await reader.read();
      if (next.done) break;
      await write(outgoing, next.value, unreadMs);
    }
    outgoing.end();
    await waitForFinish(outgoing, unreadMs);
    outgoing.off("close", stop);
  } catch (error) {
    // A partial answer must not look complete.
    outgoing.destroy();
    stop();
    throw error;
  }
}

function isStream(response: Response): boolean {
  return (response.headers.get("content-type") ?? "").startsWith("text/event-stream");
}

async function gather(reader: ReadableStreamDefaultReader<Uint8Array>) {
  const chunks: Uint8Array[] = [];
  for (let bytes = 0; bytes <= MAX_GATHERED_BYTES;) {
    const { done, value } = await reader.read();
    if (done) return { chunks, done: true };
    chunks.push(value);
    bytes += value.byteLength;
  }
  return { chunks, done: false };
}

async function write(outgoing: ServerResponse, chunk: Uint8Array, unreadMs: number): Promise<void> {
  if (outgoing.destroyed) throw new Error("The connection closed too early");
  if (!outgoing.write(chunk)) await waitForEvent(outgoing, "drain", unreadMs);
}

async function waitForFinish(outgoing: ServerResponse, unreadMs: number): Promise<void> {
  if (!outgoing.writableFinished) await waitForEvent(outgoing, "finish", unreadMs);
}

/** Waits for an event. @throws {Error} when the connection ends first, or the client stalls for too long */
function waitForEvent(outgoing: ServerResponse, name: "drain" | "finish", maxMs: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (act: () => void) => () => {
      clearTimeout(timer);
      outgoing.off(name, happened);
      outgoing.off("close", closed);
      act();
    };
    const happened = settle(resolve);
    const closed = settle(() => reject(new Error("The connection closed too early")));
    const timer = setTimeout(settle(() => reject(new Error("The answer was not accepted"))), maxMs);
    outgoing.once(name, happened);
    outgoing.once("close", closed);
  });
}
