/** Web Push: notifications of a browser or the installed app, encrypted for it (RFC 8291) and signed (RFC 8292). */
import { alertPath, isAboutProgram } from "../../model/alerts/alert.ts";
import {
  type ChannelContext,
  ChannelError,
  type ChannelType,
  type Message,
  reachOfUrl,
  requireAccepted,
} from "../channel.ts";
import { cutBytes, cutText, oneLine, plainText } from "../escape.ts";

/** A browser's subscription, as it states it. */
export interface PushSubscriptionKeys {
  readonly endpoint: string;
  readonly p256dh: string;
  readonly auth: string;
}

/** Our key pair in base64url: an uncompressed point of P-256, and its private number. */
export interface VapidKeys {
  readonly publicKey: string;
  readonly privateKey: string;
  /** The contact for a push service, a URL or a `mailto:` address. */
  readonly subject: string;
}

/** The push services of known browsers. A browser supplies the endpoint, so it could name anything. */
const SERVICES: readonly RegExp[] = [
  /^fcm\.googleapis\.com$/,
  /^android\.googleapis\.com$/,
  /^updates\.push\.services\.mozilla\.com$/,
  /^[a-z0-9-]+\.push\.services\.mozilla\.com$/,
  /^web\.push\.apple\.com$/,
  /^[a-z0-9-]+\.push\.apple\.com$/,
  /^[a-z0-9-]+\.notify\.windows\.com$/,
];
const MAX_ENDPOINT = 1024;
const MAX_TITLE = 120;
const MAX_BODY = 1000;
/** Push services take 4096 bytes, of which the encryption needs 103. */
const MAX_BYTES = 3900;
const MAX_TTL_S = 28 * 86_400;
const URGENCY = { info: "low", warning: "normal", critical: "high" } as const;

/** Returns what is wrong with a subscription, or null. */
export function subscriptionProblem({ endpoint, p256dh, auth }: PushSubscriptionKeys): string | null {
  if (endpoint.length > MAX_ENDPOINT || !URL.canParse(endpoint)) return "endpoint is not an address";
  const { protocol, hostname, port, username, password } = new URL(endpoint);
  if (protocol !== "https:" || port !== "" || username !== "" || password !== "") {
    return "endpoint is not an https address of a push service";
  }
  if (!SERVICES.some((service) => service.test(hostname))) {
    return `endpoint is at ${oneLine(hostname, 80)}, which is not the push service of a known browser`;
  }
  // 65 bytes and 16 bytes in base64url.
  if (!/^[\w-]{87}=?$/.test(p256dh)) return "p256dh is not a public key";
  return /^[\w-]{22}(==)?$/.test(auth) ? null : "auth is not a secret of 16 bytes";
}

export const webPush: ChannelType = {
  id: "web-push",
  name: "Notifications of a browser",
  reach: ({ subscription = "" }) =>
    reachOfUrl(parseObject<PushSubscriptionKeys>(subscription)?.endpoint ?? ""),
  settings: [
    { name: "subscription", help: "created by the browser on the Alerts page", secret: true },
    { name: "vapid", help: "the key the browser subscribed to", secret: true },
    { name: "browser", help: "which browser it is", optional: true },
  ],
  check({ subscription = "", vapid = "" }) {
    const keys = parseObject<PushSubscriptionKeys>(subscription);
    if (keys === null || parseObject<VapidKeys>(vapid) === null) {
      return "a browser subscribes itself: open the Alerts page in it";
    }
    return subscriptionProblem(keys);
  },
  async send(message, context) {
    const subscription = parseObject<PushSubscriptionKeys>(context.settings.subscription ?? "");
    const vapid = parseObject<VapidKeys>(context.settings.vapid ?? "");
    if (subscription === null || vapid === null) {
      throw new ChannelError("The stored subscription of the browser is not valid", { retry: false });
    }
    await push(message, { subscription, vapid, context });
  },
};

async function push(message: Message, { subscription, vapid, context }: {
  readonly subscription: PushSubscriptionKeys;
  readonly vapid: VapidKeys;
  readonly context: ChannelContext;
}): Promise<void> {
  const { buildPushPayload } = await import("@block65/webcrypto-web-push");
  const { endpoint, p256dh, auth } = subscription;
  const expiresAt = Math.max(...message.alerts.map((alert) => alert.expiresAt));
  const ttl = Math.min(MAX_TTL_S, Math.max(60, Math.ceil((expiresAt - context.now()) / 1000)));
  const { headers, body } = await buildPushPayload(
    {
      data: JSON.stringify(buildNotification(message)),
      // A second attempt replaces the first if that was not delivered yet.
      options: { ttl, urgency: URGENCY[message.severity], topic: await deriveTopic(message.id) },
    },
    { endpoint, expirationTime: null, keys: { p256dh, auth } },
    vapid,
  );
  // The HTTP client sets it.
  const { "content-length": _length, ...rest } = headers as Record<string, string>;
  const answer = await context.request(endpoint, {
    method: "POST",
    headers: rest,
    body: new Uint8Array(body),
  });
  if (answer.status === 404 || answer.status === 410) {
    throw new ChannelError("The browser has withdrawn its subscription", { retry: false, gone: true });
  }
  requireAccepted("The push service", answer);
}

/** Returns what the service worker receives and shows, and nothing else. */
export function buildNotification({ id, alerts, title, text, severity, at }: Message) {
  const accounts = new Set(alerts.map(({ account }) => account));
  const [first] = alerts;
  const notification = {
    id,
    title: oneLine(title, MAX_TITLE),
    body: "",
    severity,
    at,
    path: accounts.size === 1 && first ? alertPath(first) : "/alerts",
    /** What its button snoozes; null when there is nothing to snooze. */
    snooze: first && isAboutProgram(first.account) ? null : accounts.size === 1 ? first!.account : "*",
  };
  const room = MAX_BYTES - new TextEncoder().encode(JSON.stringify(notification)).length;
  return { ...notification, body: cutBytes(cutText(plainText(text), MAX_BODY), room, JSON.stringify) };
}

/** At most 32 characters of base64url. */
async function deriveTopic(id: string): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(id)));
  return digest.toBase64({ alphabet: "base64url" }).slice(0, 24);
}

function parseObject<T extends object>(text: string): T | null {
  try {
    const value: unknown = JSON.parse(text);
    const isFull = typeof value === "object" && value !== null &&
      Object.values(value).every((one) => typeof one === "string");
    return isFull ? value as T : null;
  } catch {
    return null;
  }
}
