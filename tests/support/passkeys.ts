/** Simulates browsers with passkeys at the level of requests. */
import { assertEquals } from "./assert.ts";
import type { Answer, Device, Wrong } from "./authenticator.ts";
import { FakeClock } from "./fake_clock.ts";
import { type FakeServices, fakeServices } from "./fake_services.ts";
import { utc } from "./readings.ts";
import { ELSEWHERE, PASSWORD } from "./visitors.ts";
import { askApp } from "./web_app.ts";

export const AT = utc("2026-11-19 10:00");
export const HERE = "http://localhost:9211";
export const ABROAD = "https://syntrack.example";
const FORM = { "content-type": "application/x-www-form-urlencoded" };

export interface Reply {
  readonly status: number;
  readonly html: string;
  readonly cookie: string;
  readonly to: string | null;
}

/** A browser session with a cookie. */
export interface Visit {
  readonly send: (path: string, fields: Record<string, string>) => Promise<Reply>;
  readonly get: (path: string) => Promise<Reply>;
  readonly options: (path: string) => Promise<{ readonly status: number; readonly body: Options }>;
}

export interface Options {
  readonly challenge: string;
  readonly rp?: { readonly id: string };
  readonly rpId?: string;
  readonly user?: { readonly id: string; readonly name: string };
  readonly excludeCredentials?: readonly { readonly id: string }[];
  readonly userVerification?: string;
  readonly authenticatorSelection?: { readonly userVerification: string; readonly residentKey: string };
  readonly error?: string;
}

export interface World {
  readonly services: FakeServices;
  readonly clock: FakeClock;
  visit(cookie?: string, origin?: string, from?: string): Visit;
  /** Signs in a person by password, and first adds that person if there is none of this name. */
  enter(name: string, origin?: string): Promise<Visit>;
}

export async function withWorld(work: (world: World) => Promise<void>): Promise<void> {
  const clock = new FakeClock(AT);
  await using services = await fakeServices({
    clock,
    hosts: ["localhost:9211", "127.0.0.1:9211", "syntrack.example:443"],
    access: { running: () => clock.now() - AT },
  });
  function visit(cookie = "", origin = HERE, from = ELSEWHERE): Visit {
    const ask = askApp(services, from);
    const reply = async (answer: Response): Promise<Reply> => ({
      status: answer.status,
      html: await answer.text(),
      cookie: answer.headers.get("set-cookie")?.split(";")[0] ?? "",
      to: answer.headers.get("location"),
    });
    return {
      send: async (path, fields) =>
        reply(
          await ask(origin + path, {
            method: "POST",
            headers: { ...FORM, cookie, "sec-fetch-site": "same-origin" },
            body: new URLSearchParams(fields),
          }),
        ),
      get: async (path) => reply(await ask(origin + path, { headers: { cookie } })),
      async options(path) {
        const headers = { accept: "application/json", cookie, "sec-fetch-site": "same-origin" };
        const answer = await ask(origin + path, { method: "POST", headers });
        return { status: answer.status, body: await answer.json() };
      },
    };
  }
  await work({
    services,
    clock,
    visit,
    async enter(name, origin = HERE) {
      const { people } = services.access;
      const isThere = (await people.list()).some((one) => one.name === name);
      if (!isThere) await people.add({ name, role: "viewer", password: PASSWORD });
      const { status, cookie } = await visit("", origin).send("/login", { name, password: PASSWORD });
      assertEquals(status, 303);
      return visit(cookie, origin);
    },
  });
}

/** Adds a passkey as the page does. */
export async function addPasskey(
  who: Visit,
  device: Device,
  { origin = HERE, name = "Phone", ...wrong }: Wrong & { readonly name?: string } = {},
): Promise<Reply> {
  const { body } = await who.options("/me/passkey");
  const answer = await device.register({
    challenge: body.challenge,
    origin,
    rpId: body.rp!.id,
    userHandle: body.user!.id,
  }, wrong);
  return await who.send("/me", { action: "add-passkey", name, answer: JSON.stringify(answer) });
}

/** Answers a challenge of the sign-in page. @param change modifies the answer before it is sent */
export async function usePasskey(
  visit: Visit,
  device: Device,
  wrong: Wrong = {},
  change: (answer: Answer) => void = () => {},
  origin = HERE,
): Promise<Reply> {
  const { body } = await visit.options("/login/passkey");
  const answer = await device.use({ challenge: body.challenge, origin, rpId: body.rpId! }, wrong);
  change(answer);
  return await visit.send("/login", { passkey: JSON.stringify(answer), next: "/history" });
}
