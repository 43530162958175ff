/** Subscribes a browser to notifications. For islands only. */

export function canPush(): boolean {
  return isSecureContext && "serviceWorker" in navigator && "PushManager" in globalThis &&
    "Notification" in globalThis;
}

export async function findSubscription(): Promise<PushSubscription | null> {
  const registration = await navigator.serviceWorker.getRegistration();
  // A browser without a push service rejects this.
  return await registration?.pushManager.getSubscription().catch(() => null) ?? null;
}

/**
 * Asks for permission, subscribes, and registers with the server; resolves to a message. @throws {Error} for
 * people
 */
export async function subscribe(api: string, browser: string): Promise<string> {
  if (await Notification.requestPermission() !== "granted") {
    throw new Error("Nothing was changed: this browser blocks notifications from this page");
  }
  const { publicKey } = await callApi<{ publicKey: string | null }>(api, "GET");
  if (publicKey === null) {
    throw new Error("This server cannot store secrets, so it cannot send notifications");
  }
  const registration = await navigator.serviceWorker.ready;
  const key = fromBase64Url(publicKey);
  const former = await findSubscription();
  // With another key than the server's, every message would fail.
  if (former !== null && !isSame(former.options.applicationServerKey, key)) await former.unsubscribe();
  let subscription: PushSubscription;
  try {
    subscription = await registration.pushManager.subscribe({
      userVisibleOnly: true,
      applicationServerKey: key,
    });
  } catch {
    throw new Error("The push service of this browser cannot be reached, or is turned off in its settings");
  }
  const { endpoint, keys } = subscription.toJSON();
  try {
    const { problem } = await callApi<{ problem: string | null }>(api, "POST", {
      endpoint,
      keys: { p256dh: keys?.p256dh, auth: keys?.auth },
      browser,
    });
    return problem === null
      ? "Turned on: a first notification is on its way."
      : `Turned on, but the first message failed: ${problem}`;
  } catch (error) {
    await subscription.unsubscribe();
    throw error;
  }
}

export async function unsubscribe(api: string): Promise<string> {
  const found = await findSubscription();
  if (found === null) return "";
  await callApi(api, "DELETE", { endpoint: found.endpoint });
  await found.unsubscribe();
  return "Turned off in this browser.";
}

async function callApi<T>(api: string, method: string, body?: object): Promise<T> {
  const response = await fetch(api, {
    method,
    ...body && { headers: { "content-type": "application/json" }, body: JSON.stringify(body) },
  });
  const answer = await response.json().catch(() => ({})) as T & { readonly detail?: string };
  if (!response.ok) throw new Error(answer.detail ?? `The server answered with status ${response.status}`);
  return answer;
}

function fromBase64Url(text: string): Uint8Array<ArrayBuffer> {
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (sign) => sign.charCodeAt(0));
}

function isSame(one: ArrayBuffer | null, other: Uint8Array): boolean {
  if (one === null) return false;
  const bytes = new Uint8Array(one);
  return bytes.length === other.length && bytes.every((byte, place) => byte === other[place]);
}

const BROWSERS: readonly (readonly [RegExp, string])[] = [
  [/Edg(A|iOS)?\//, "Edge"],
  [/Firefox\/|FxiOS\//, "Firefox"],
  [/OPR\//, "Opera"],
  [/Chrome\/|CriOS\//, "Chrome"],
  [/Safari\//, "Safari"],
];
const SYSTEMS: readonly (readonly [RegExp, string])[] = [
  [/Android/, "Android"],
  [/iPhone|iPad/, "iOS"],
  [/Windows/, "Windows"],
  [/Mac OS X/, "macOS"],
  [/Linux|X11/, "Linux"],
];

/** Names a browser for people: `Firefox on Linux`. */
export function browserName(agent: string): string {
  const find = (list: typeof BROWSERS, other: string) =>
    list.find(([sign]) => sign.test(agent))?.[1] ?? other;
  return `${find(BROWSERS, "Browser")} on ${find(SYSTEMS, "a device")}`;
}
