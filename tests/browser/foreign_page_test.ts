/** A malicious page in the same browser: what it may try against the dashboard, and the result. */
import { assert, assertEquals } from "../support/assert.ts";
import { browserTest } from "../support/browser.ts";
import { reading } from "../support/readings.ts";
import { serveAt } from "../support/running_server.ts";

const PASSWORD = "correct horse battery";

/** Runs in the page, and reports the result of every attempt. */
async function tryEverything(target: string) {
  const tried = (work: (done: (word: string) => void) => void) => new Promise<string>(work);
  const socket = await tried((done) => {
    const heard: string[] = [];
    const socket = new WebSocket(target.replace("http", "ws"));
    socket.onmessage = () => {
      heard.push("heard");
      socket.close();
    };
    socket.onclose = () => done(heard.length > 0 ? "heard" : "nothing");
  });
  const stream = await tried((done) => {
    const source = new EventSource(`${target}/api/live`, { withCredentials: true });
    const end = (word: string) => {
      source.close();
      done(word);
    };
    source.onopen = () => end("heard");
    source.onerror = () => end("nothing");
  });
  const read = await fetch(`${target}/api/current`, { credentials: "include" })
    .then((answer) => answer.text()).then(() => "heard", () => "nothing");
  // Requests without a preflight: they arrive, but must have no effect.
  const put = { method: "POST", mode: "no-cors", credentials: "include" } as const;
  await fetch(`${target}/logout`, put).catch(() => {});
  await fetch(`${target}/api/refresh`, put).catch(() => {});
  await fetch(`${target}/login/passkey`, put).catch(() => {});
  return { socket, stream, read };
}

/** A foreign page, on another port of this machine. */
function foreignPage(): Deno.HttpServer<Deno.NetAddr> {
  const html = { headers: { "content-type": "text/html" } };
  return Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    () => new Response("<!DOCTYPE html><title>x</title>", html),
  );
}

for (const name of ["localhost", "127.0.0.1"]) {
  browserTest(`a page at another port of ${name} reads nothing and changes nothing`, async ({ page }) => {
    await using server = await serveAt({});
    const evil = foreignPage();
    try {
      const { services } = server;
      await services.polled("acme/work", [reading({ used: 10 })]);
      const home = `http://localhost:${server.port}`;
      const foreign = `http://${name}:${evil.addr.port}/`;
      const nothing = { socket: "nothing", stream: "nothing", read: "nothing" };
      const everything = { socket: "heard", stream: "heard", read: "heard" };
      // While there are no people, no cookie is needed: only the origin of the page distinguishes them.
      await page.goto(foreign);
      assertEquals(await page.evaluate(tryEverything, home), nothing);

      await services.access.people.add({ name: "ada", role: "admin", password: PASSWORD });
      await page.goto(`${home}/login`);
      await page.getByLabel("Name", { exact: true }).fill("ada");
      await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
      await page.getByRole("button", { name: "Sign in", exact: true }).click();
      await page.getByRole("button", { name: "Authenticated" }).waitFor();
      const cookies = await page.context().cookies(home);
      assert(cookies.some((cookie) => cookie.httpOnly && cookie.sameSite === "Lax"));
      await page.goto(foreign);
      assertEquals(await page.evaluate(tryEverything, home), nothing);
      const actions = (await services.access.audit.list({ limit: 50 })).map(({ action }) => action);
      assertEquals(actions.filter((action) => /signed out|polled/.test(action)), []);

      // With the same script, our own page reads everything and then has signed out.
      await page.goto(`${home}/help`);
      assertEquals(await page.evaluate(tryEverything, home), everything);
      await page.goto(`${home}/me`);
      assert(page.url().includes("/login"), page.url());
    } finally {
      await evil.shutdown();
    }
  });
}
