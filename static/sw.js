/*
 * Shows alerts that are pushed to this browser, and caches one page for when the server is unreachable: `/offline`,
 * which shows the last known figures. Figures never come from this cache: every page is requested, and only that one
 * page and its parts are stored, and scripts that an open page may load later.
 */
/** Below which path it is shown: that of this script. */
const BASE = new URL("./", self.location).pathname.replace(/\/$/, "");
const KIT = `offline-1${BASE}`;
/** Caches of this path; other programs may be shown below other paths of the same host. */
const isOwn = (name) => /^offline-\d+$/.test(name.slice(0, name.length - BASE.length)) && name.endsWith(BASE);
const PAGE = `${BASE}/offline`;
/** The cache refreshes after this long, in milliseconds: the program may have been replaced. */
const REFRESH_MS = 10 * 60_000;

let refreshedAt = -Infinity;

self.addEventListener("install", (event) => {
  event.waitUntil(refresh().then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    caches.keys()
      .then((names) =>
        Promise.all(names.filter((name) => isOwn(name) && name !== KIT).map((name) => caches.delete(name)))
      )
      .then(() => self.clients.claim()),
  );
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (request.mode === "navigate") {
    if (!url.pathname.startsWith(`${BASE}/api/`)) event.respondWith(page(event));
  } else if (isPart(url)) event.respondWith(part(event));
});

/** Shows what was pushed; browsers end a subscription whose messages show nothing. */
self.addEventListener("push", (event) => {
  let told = {};
  try {
    told = event.data?.json() ?? {};
  } catch {
    // Something is shown all the same.
  }
  const { id = "", title = "Syntrack", body = "", path = "/alerts", snooze = null, severity = "info", at } =
    told;
  // The page says how much there is when it is opened next.
  self.navigator.setAppBadge?.().catch(() => {});
  event.waitUntil(self.registration.showNotification(String(title), {
    body: String(body),
    // The same message a second time replaces the first.
    tag: String(id),
    icon: `${BASE}/icon-192.png`,
    badge: `${BASE}/icon-192.png`,
    requireInteraction: severity === "critical",
    ...(typeof at === "number" && { timestamp: at }),
    data: { path: String(path), snooze },
    actions: [
      { action: "open", title: "Open" },
      ...(typeof snooze === "string" ? [{ action: "snooze", title: "Snooze 4 hours" }] : []),
    ],
  }));
});

self.addEventListener("notificationclick", (event) => {
  const { path, snooze } = event.notification.data ?? {};
  event.notification.close();
  event.waitUntil(event.action === "snooze" && typeof snooze === "string" ? silence(snooze) : open(path));
});

/** Snoozes as the form of the page does; where that is refused, whoever asked for it sees the page. */
async function silence(target) {
  try {
    const response = await fetch(`${BASE}/alerts`, {
      method: "POST",
      body: new URLSearchParams({ action: "snooze", target, hours: "4" }),
    });
    if (response.ok && new URL(response.url).pathname === `${BASE}/alerts`) return;
  } catch {
    // The page says what is wrong.
  }
  await open("/alerts");
}

/** Shows a page of ours, in the window that is there if any. */
async function open(path) {
  const wanted = typeof path === "string" && /^\/(?!\/)/.test(path) ? path : "/alerts";
  const url = new URL(`${BASE}${wanted}`, self.location.origin).href;
  const [window] = await clients.matchAll({ type: "window", includeUncontrolled: false });
  if (window === undefined) return await clients.openWindow(url);
  await window.focus().catch(() => {});
  return await window.navigate(url).catch(() => clients.openWindow(url));
}

/** The push service has replaced the subscription, or ended it. */
self.addEventListener("pushsubscriptionchange", (event) => {
  event.waitUntil(renew(event.oldSubscription, event.newSubscription));
});

async function renew(former, replaced) {
  if (!former) return;
  const made = replaced ?? await self.registration.pushManager.subscribe(former.options);
  const { endpoint, keys } = made.toJSON();
  const call = (method, body) =>
    fetch(`${BASE}/api/v1/push`, {
      method,
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
  await call("POST", { endpoint, keys: { p256dh: keys.p256dh, auth: keys.auth } });
  await call("DELETE", { endpoint: former.endpoint });
}

async function page(event) {
  try {
    const response = await fetch(event.request);
    if (Date.now() - refreshedAt > REFRESH_MS) event.waitUntil(refresh());
    return response;
  } catch (error) {
    const kept = await (await caches.open(KIT)).match(PAGE);
    if (kept) return kept;
    throw error;
  }
}

async function part(event) {
  const { request } = event;
  try {
    const response = await fetch(request);
    if (response.ok && isScript(request.url)) event.waitUntil(keepLater(request.url, response.clone()));
    return response;
  } catch (error) {
    const kept = await (await caches.open(KIT)).match(request, { ignoreVary: true });
    if (kept) return kept;
    throw error;
  }
}

function isScript(url) {
  return url.split("?")[0].endsWith(".js");
}

/** Keeps what a script loads only when it is needed: the server may be unreachable by then. */
async function keepLater(url, response) {
  try {
    const kit = await caches.open(KIT);
    const waiting = scriptsOf(/\bimport\("(\.\/[^"]+\.js)"\)/g, await response.text(), url);
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      if (await kit.match(next)) continue;
      const script = await fetch(next);
      if (!script.ok) continue;
      await kit.put(next, script.clone());
      waiting.push(
        ...scriptsOf(/\bimport\s*(?:\{[^}]*\}\s*from\s*)?"(\.\/[^"]+\.js)"/g, await script.text(), next),
      );
    }
  } catch {
    // The next page that loads the script tries again.
  }
}

function scriptsOf(pattern, code, base) {
  return Array.from(code.matchAll(pattern), ([, name]) => new URL(name, base).href);
}

/** Returns the build that a script belongs to; empty for anything else. */
function buildOf(url) {
  return /\/_fresh\/js\/(\w+)\//.exec(url)?.[1] ?? "";
}

/** Reports whether a URL is a part of a page rather than a page with figures. */
function isPart({ pathname }) {
  const path = pathname.slice(BASE.length);
  return path.startsWith("/_fresh/") || /^\/[\w-]+\.(css|svg|png|webmanifest)$/.test(path);
}

/** Fetches the page and everything it needs; on any failure the old cache stays. */
async function refresh() {
  refreshedAt = Date.now();
  try {
    const parts = new Map([[PAGE, await fetched(PAGE)]]);
    const waiting = linksOf(await parts.get(PAGE).clone().text(), self.location.origin);
    for (let url = waiting.pop(); url !== undefined; url = waiting.pop()) {
      if (parts.has(url)) continue;
      const response = await fetched(url);
      parts.set(url, response);
      if (isScript(url)) {
        waiting.push(...linksOf(await response.clone().text(), new URL(url, self.location.origin)));
      }
    }
    const kit = await caches.open(KIT);
    const builds = new Set(Array.from(parts.keys(), buildOf).filter((build) => build !== ""));
    const old = (await kit.keys()).filter(({ url }) => {
      const { pathname, search } = new URL(url);
      return !parts.has(pathname + search) && !builds.has(buildOf(url));
    });
    await Promise.all(Array.from(parts, ([url, response]) => kit.put(url, response)));
    await Promise.all(old.map((request) => kit.delete(request)));
  } catch {
    // The server is down or being replaced: the next page load retries.
    refreshedAt = -Infinity;
  }
}

async function fetched(url) {
  const response = await fetch(url, { cache: "no-cache" });
  if (!response.ok || response.redirected) throw new Error(`${url} was not to be had`);
  return response;
}

/** Returns the scripts, stylesheets and icons a page names, and the modules a script imports. */
function linksOf(text, base) {
  const found = text.matchAll(
    /(?:href|src)="(\/[^"]+\.(?:css|js|svg|png|webmanifest)[^"]*)"|(?:from|import)\s*\(?"((?:\.|\/)[^"]+\.js[^"]*)"/g,
  );
  return Array.from(found, ([, link, module]) => {
    const { pathname, search } = new URL(link ?? module, base);
    return pathname + search;
  }).filter((url) => !url.startsWith(`${BASE}/favicon`));
}
