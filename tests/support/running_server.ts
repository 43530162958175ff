/** The real server with the built dashboard and the test's own services, at addresses the test chooses. */
import { ensureBuiltOnce } from "./build_once.ts";
import { type RunningServer, type ServerOptions, startServer } from "../../lib/app/server.ts";
import { FakeClock } from "./fake_clock.ts";
import { type FakeServices, fakeServices } from "./fake_services.ts";
import { utc } from "./readings.ts";

export interface TestServer extends RunningServer, AsyncDisposable {
  readonly services: FakeServices;
}

/** By default, signing in is possible. */
export async function serveAt(
  options: Omit<ServerOptions, "composed" | "port"> & { readonly port?: number },
) {
  await ensureBuiltOnce();
  const services = await fakeServices({ clock: new FakeClock(utc("2026-11-21 10:00")) });
  try {
    const server = await startServer({
      port: 0,
      canSignIn: () => Promise.resolve(true),
      ...options,
      composed: {
        hub: services.hub,
        services: (hosts, certificate) => ({ ...services, hosts, ...certificate && { certificate } }),
        stop: () => Promise.resolve(),
      },
    });
    return {
      ...server,
      services,
      async [Symbol.asyncDispose]() {
        await server.stop();
        await services[Symbol.asyncDispose]();
      },
    };
  } catch (error) {
    await services[Symbol.asyncDispose]();
    throw error;
  }
}

export type Where = { readonly hostname: string; readonly port: number } | { readonly path: string };

/** Sends a raw request over a new connection and returns the raw response. */
export async function rawRequest(where: Where, head: readonly string[]): Promise<string> {
  using connection = "path" in where
    ? await Deno.connect({ transport: "unix", path: where.path })
    : await Deno.connect(where);
  await connection.write(new TextEncoder().encode([...head, "Connection: close", "", ""].join("\r\n")));
  return await new Response(connection.readable).text();
}

/** Returns the first line of a response that may never end. */
export async function firstLine(where: Where, head: readonly string[]): Promise<string> {
  using connection = "path" in where
    ? await Deno.connect({ transport: "unix", path: where.path })
    : await Deno.connect(where);
  await connection.write(new TextEncoder().encode([...head, "", ""].join("\r\n")));
  const bytes = new Uint8Array(4096);
  const count = await connection.read(bytes) ?? 0;
  return new TextDecoder().decode(bytes.subarray(0, count)).split("\r\n", 1)[0]!;
}

/** Returns the status of `/api/health` for a request with this Host header. */
export async function statusFor(where: Where, host: string, extra: readonly string[] = []): Promise<number> {
  const answer = await rawRequest(where, ["GET /api/health HTTP/1.1", `Host: ${host}`, ...extra]);
  return Number(answer.split(" ")[1]);
}
