/** What is sent compressed, with which encoding, and what is not. */
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { chooseCoding, createCompressor } from "../../lib/web/compress.ts";
import { assert, assertEquals } from "../support/assert.ts";

const TEXT = "a quota is one named allowance of an account; ".repeat(200);

async function answered(
  headers: HeadersInit,
  accepted: string | null,
  body: BodyInit | null = TEXT,
  status = 200,
) {
  const request = new Request("http://127.0.0.1/", {
    headers: accepted === null ? {} : { "accept-encoding": accepted },
  });
  return await createCompressor()(request, new Response(body, { headers, status }));
}

Deno.test("the encoding is the one the client prefers, and brotli among equals", () => {
  const cases: readonly (readonly [string | null, ReturnType<typeof chooseCoding>])[] = [
    [null, null],
    ["", null],
    ["gzip, deflate, br, zstd", "br"],
    ["gzip", "gzip"],
    ["X-GZIP", "gzip"],
    ["GZip ; Q=0.5", "gzip"],
    ["br;q=0.3, gzip;q=0.8", "gzip"],
    ["br;q=0, gzip;q=0", null],
    ["*", "br"],
    ["*;q=0.5, br;q=0", "gzip"],
    ["identity", null],
    ["identity, gzip;q=0.5", null],
    ["identity;q=0, gzip;q=0.1", "gzip"],
    ["br;q=much, gzip", "gzip"],
    ["br;q=7, gzip", "gzip"],
    ["deflate, zstd", null],
  ];
  for (const [accepted, coding] of cases) assertEquals(chooseCoding(accepted), coding, String(accepted));
});

Deno.test("pages, data and scripts are sent compressed and arrive unchanged", async () => {
  const types = [
    "text/html; charset=utf-8",
    "application/json",
    "application/problem+json",
    "text/javascript",
    "text/css",
    "image/svg+xml",
    "text/plain; version=0.0.4",
  ];
  for (const type of types) {
    const tagged = { "content-type": type, etag: '"a"', "content-length": String(TEXT.length) };
    for (const [accepted, read] of [["br", brotliDecompressSync], ["gzip", gunzipSync]] as const) {
      const response = await answered(tagged, accepted);
      const bytes = await response.bytes();
      assertEquals(response.headers.get("content-encoding"), accepted);
      assertEquals(response.headers.get("content-length"), String(bytes.length));
      assertEquals(response.headers.get("etag"), 'W/"a"');
      assertEquals(response.headers.get("vary"), "Accept-Encoding");
      assert(bytes.length < TEXT.length / 10);
      assertEquals(new TextDecoder().decode(read(bytes)), TEXT);
    }
    const plain = await answered(tagged, null);
    assertEquals([plain.headers.get("content-encoding"), plain.headers.get("vary")], [
      null,
      "Accept-Encoding",
    ]);
    assertEquals([await plain.text(), plain.headers.get("etag")], [TEXT, '"a"']);
  }
});

Deno.test("streams, downloads, images and encoded content stay unchanged", async () => {
  const cases: readonly HeadersInit[] = [
    { "content-type": "text/event-stream" },
    { "content-type": "text/csv", "content-disposition": 'attachment; filename="a.csv"' },
    { "content-type": "image/png" },
    { "content-type": "application/json", "content-encoding": "zstd" },
    { "content-type": "text/css", "cache-control": "no-transform" },
  ];
  for (const headers of cases) {
    const response = await answered(headers, "br, gzip");
    assertEquals(await response.text(), TEXT);
    assertEquals(response.headers.get("vary"), null);
  }
});

Deno.test("a live stream is passed on before it ends", async () => {
  const stream = new ReadableStream<Uint8Array>({
    start: (to) => to.enqueue(new TextEncoder().encode("data: 1")),
  });
  const response = await answered({ "content-type": "text/event-stream" }, "br", stream);
  const reader = response.body!.getReader();
  assertEquals(new TextDecoder().decode((await reader.read()).value), "data: 1");
  await reader.cancel();
});

Deno.test("short, empty and unmodified answers are not compressed, and their status stays", async () => {
  const html = { "content-type": "text/html" };
  const short = await answered(html, "br", "gone", 404);
  assertEquals([short.status, await short.text(), short.headers.get("content-encoding")], [
    404,
    "gone",
    null,
  ]);
  const known = await answered({ ...html, etag: '"a"' }, "br", null, 304);
  assertEquals([known.status, known.body, known.headers.get("vary")], [304, null, "Accept-Encoding"]);
});

Deno.test("the answer states that it varies with the encoding, besides what it varies with already", async () => {
  const response = await answered({ "content-type": "text/css", vary: "If-None-Match" }, "gzip");
  assertEquals(response.headers.get("vary"), "If-None-Match, Accept-Encoding");
  await response.body?.cancel();
});

Deno.test("repeated content is compressed once, and the cache is bounded", async () => {
  const compress = createCompressor();
  const request = new Request("http://127.0.0.1/", { headers: { "accept-encoding": "br" } });
  const css = (text: string) =>
    compress(request, new Response(text, { headers: { "content-type": "text/css" } }));
  const first = await (await css(TEXT)).bytes();
  assertEquals(await (await css(TEXT)).bytes(), first);
  const random = () => crypto.getRandomValues(new Uint8Array(50_000)).toHex();
  for (let i = 0; i < 40; i++) await (await css(random())).body?.cancel();
  // Evicted, and compressed again.
  assertEquals(await (await css(TEXT)).bytes(), first);
});
