/**
 * Browser notifications. A headless browser refuses notifications and has no push service. So the test replaces the
 * permission, the result of `PushManager` and the display of the system, and messages reach the service worker through
 * the debugger. Everything in between is the real code.
 */
import { buildNotification } from "../../lib/alerts/channels/web_push.ts";
import { composeMessage } from "../../lib/alerts/compose_message.ts";
import { HOUR_MS } from "../../lib/model/duration.ts";
import { assert, assertEquals, assertStringIncludes } from "../support/assert.ts";
import { findBarriers } from "../support/axe.ts";
import { browserTest, type Page } from "../support/browser.ts";
import { serveBuilt } from "../support/built_site.ts";
import { fakeServices } from "../support/fake_services.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { READ_AT } from "../support/views.ts";
import { makeBrowserKeys, pushService } from "../support/push_service.ts";
import { reading } from "../support/readings.ts";

const clock = new FakeClock(READ_AT);
const OPTIONS = { serviceWorkers: "allow" } as const;

/** Replaces the person who grants permission. */
async function givenPermission(page: Page): Promise<void> {
  await page.addInitScript(() => {
    Object.defineProperty(Notification, "permission", { get: () => "granted" });
    Notification.requestPermission = () => Promise.resolve("granted");
  });
}

/** Replaces the browser's push service: the subscription of the test, kept until it ends. */
async function givenSubscription(
  page: Page,
  subscription: { readonly endpoint: string; readonly p256dh: string; readonly auth: string },
): Promise<void> {
  await page.addInitScript(({ endpoint, p256dh, auth }) => {
    const made = (key: ArrayBuffer | null) => ({
      endpoint,
      options: { userVisibleOnly: true, applicationServerKey: key },
      toJSON: () => ({ endpoint, keys: { p256dh, auth } }),
      unsubscribe: () => {
        localStorage.removeItem("subscribed");
        return Promise.resolve(true);
      },
    });
    PushManager.prototype.getSubscription = () =>
      Promise.resolve(localStorage.getItem("subscribed") === null ? null : made(null)) as never;
    PushManager.prototype.subscribe = (options) => {
      localStorage.setItem("subscribed", "yes");
      return Promise.resolve(
        made((options?.applicationServerKey as Uint8Array).buffer as ArrayBuffer),
      ) as never;
    };
  }, subscription);
}

browserTest(
  "a browser subscribes on the page Alerts, shows notifications, snoozes from one, and unsubscribes",
  async ({ page, errors }) => {
    const folder = await Deno.makeTempDir();
    const service = pushService(await makeBrowserKeys());
    const services = await fakeServices({ clock, keyFile: `${folder}/key`, outside: service.outside });
    await services.polled("acme/work", [reading({ used: 40, limit: 100 })]);
    await using site = await serveBuilt(services);
    await givenPermission(page);
    await givenSubscription(page, service.subscription);
    await page.goto(`${site.origin}/alerts`);
    await page.evaluate(async () => void await navigator.serviceWorker.ready);
    const part = page.locator("[data-push]");
    await page.locator('[data-push="off"] button').click();
    await page.locator('[data-push="on"]').waitFor();
    assertStringIncludes(await part.innerText(), "Turned on: a first notification is on its way.");
    assertEquals(service.taken.map(({ data }) => data.title), ["Syntrack: test message"]);
    const [channel] = await services.stored.list();
    assertEquals([channel?.type, channel?.settings.browser], ["web-push", "Chrome on Linux"]);
    assertEquals(await findBarriers(page), []);

    const at = clock.now();
    const pushed = buildNotification(composeMessage([{
      id: "threshold|acme/work/five-hour|0.8|1",
      kind: "threshold",
      severity: "warning",
      account: "acme/work",
      quota: "five-hour",
      at,
      title: "Acme <b>5-hour</b>: 85% used",
      text: "85% used, over 80%.",
      details: "",
      expiresAt: at + HOUR_MS,
    }], at));
    const [worker] = page.context().serviceWorkers();
    await worker!.evaluate(() => {
      const scope = globalThis as unknown as WorkerScope;
      // Headless browsers do not support badges, and end a worker that requests one.
      scope.badges = 0;
      navigator.setAppBadge = () => Promise.resolve(void scope.badges++);
      scope.shown = new Promise((resolve) =>
        scope.registration.showNotification = (title, options) =>
          Promise.resolve(resolve({ title, ...options } as ShownNotification))
      );
    });
    await deliver(page, site.origin, JSON.stringify(pushed));
    const shown = await worker!.evaluate(() => (globalThis as unknown as WorkerScope).shown);
    assertEquals(await worker!.evaluate(() => (globalThis as unknown as WorkerScope).badges), 1);
    assertEquals([shown.title, shown.body, shown.tag], [
      "Acme <b>5-hour</b>: 85% used",
      "85% used, over 80%.",
      pushed.id,
    ]);
    assertEquals(shown.actions.map(({ action }) => action), ["open", "snooze"]);

    await worker!.evaluate(async (data) => {
      // Only the system may click; this creates its event and waits for the work.
      const notification = { data, close() {} };
      const event = Object.assign(new Event("notificationclick"), { notification, action: "snooze" });
      let work: Promise<unknown> = Promise.resolve();
      Object.assign(event, { waitUntil: (promise: Promise<unknown>) => void (work = promise) });
      dispatchEvent(event);
      await work;
    }, shown.data);
    assertEquals((await services.alerts.snoozes()).map(({ target }) => target), ["acme/work"]);

    await page.locator('[data-push="on"] button').click();
    await page.locator('[data-push="off"]').waitFor();
    assertEquals(await services.stored.list(), []);
    assertEquals(errors, []);
    await Deno.remove(folder, { recursive: true });
  },
  OPTIONS,
);

browserTest(
  "a browser without a push service is told so, and nothing is stored",
  async ({ page }) => {
    const folder = await Deno.makeTempDir();
    const services = await fakeServices({ clock, keyFile: `${folder}/key` });
    await using site = await serveBuilt(services);
    await givenPermission(page);
    await page.addInitScript(() => {
      PushManager.prototype.getSubscription = () => Promise.resolve(null);
      PushManager.prototype.subscribe = () => Promise.reject(new DOMException("no", "AbortError"));
    });
    await page.goto(`${site.origin}/alerts`);
    await page.evaluate(async () => void await navigator.serviceWorker.ready);
    await page.locator('[data-push="off"] button').click();
    await page.locator("[data-push] [role=status]", { hasText: "push service of this browser" }).waitFor();
    assertEquals(await services.stored.list(), []);
    assert(await page.locator('[data-push="off"]').isVisible());
    await Deno.remove(folder, { recursive: true });
  },
  OPTIONS,
);

interface ShownNotification {
  readonly title: string;
  readonly body: string;
  readonly tag: string;
  readonly data: object;
  readonly actions: readonly { readonly action: string }[];
}

interface WorkerScope {
  readonly registration: { showNotification: (title: string, options: object) => Promise<unknown> };
  badges: number;
  shown: Promise<ShownNotification>;
}

/** Passes a message to the service worker of a site as its push service would. */
async function deliver(page: Page, origin: string, data: string): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const { promise, resolve } = Promise.withResolvers<string>();
  session.on("ServiceWorker.workerRegistrationUpdated", ({ registrations }) => {
    const own = registrations.find(({ scopeURL }) => scopeURL.startsWith(origin));
    if (own) resolve(own.registrationId);
  });
  await session.send("ServiceWorker.enable");
  await session.send("ServiceWorker.deliverPushMessage", { origin, registrationId: await promise, data });
}
