/** Serves a handler on a free loopback port for as long as the returned object is in use. */
export interface Served extends AsyncDisposable {
  readonly origin: string;
}

export function serve(
  handler: (request: Request, info: Deno.ServeHandlerInfo) => Response | Promise<Response>,
): Served {
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, handler);
  return {
    origin: `http://127.0.0.1:${server.addr.port}`,
    async [Symbol.asyncDispose]() {
      await server.shutdown();
    },
  };
}
