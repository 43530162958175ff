/**
 * Browsers that subscribed to notifications: each is a channel of its own, named after the browser. The key pair
 * they subscribe to is created once, and sealed, stored and rotated with the secrets of channels.
 */
import { parseSealed, type Sealed, type Vault } from "../accounts/vault/vault.ts";
import type { AccountKey } from "../model/quota.ts";
import type { Store } from "../store/store.ts";
import { type PushSubscriptionKeys, subscriptionProblem, type VapidKeys } from "./channels/web_push.ts";
import { type Channel, ChannelSettingsError, type StoredChannels } from "./stored_channels.ts";

export interface PushParts {
  readonly docs: Store["docs"];
  readonly vault: Vault;
  readonly now: () => number;
  readonly learn?: ((secret: string) => void) | undefined;
  readonly channels: StoredChannels;
}

export interface NewSubscription extends PushSubscriptionKeys {
  /** The browser, for people: `Firefox on Linux`. */
  readonly browser: string;
  /** The contact for a push service. */
  readonly subject: string;
}

export interface PushSubscriptions {
  /** Returns the key a browser subscribes to, in base64url. @throws {VaultError} */
  publicKey(): Promise<string>;
  /** Stores a subscription, or finds it. @throws {ChannelSettingsError} when it is invalid @throws {VaultError} */
  subscribe(subscription: NewSubscription): Promise<Channel>;
  /** Resolves to false when there is no such subscription. @throws {VaultError} */
  unsubscribe(endpoint: string): Promise<boolean>;
}

/** No name of a channel has a colon. */
const KEYS_ID = "vapid:keys";
const OWNER = { account: `channel/${KEYS_ID}` as AccountKey, setting: "privateKey" };

interface KeysDoc {
  readonly type: "vapid";
  readonly settings: { readonly publicKey: string };
  readonly values: { readonly privateKey: Sealed };
}

export function createPushSubscriptions({ docs, vault, now, learn, channels }: PushParts): PushSubscriptions {
  async function loadKeys(): Promise<Omit<VapidKeys, "subject">> {
    const known = await docs.get<KeysDoc>("channels", KEYS_ID, now());
    const sealed = known === null ? null : parseSealed(known.values?.privateKey);
    if (known !== null && sealed !== null) {
      return { publicKey: known.settings.publicKey, privateKey: await vault.open(OWNER, sealed) };
    }
    const made = await makeKeys();
    learn?.(made.privateKey);
    const doc: KeysDoc = {
      type: "vapid",
      settings: { publicKey: made.publicKey },
      values: { privateKey: await vault.seal(OWNER, made.privateKey) },
    };
    // Another process may have been faster. Keys that cannot be used are replaced.
    const options = { ifAbsent: known === null };
    return await docs.put("channels", KEYS_ID, doc, now(), options) ? made : await loadKeys();
  }

  async function find(endpoint: string): Promise<Channel | null> {
    for (const channel of await channels.list()) {
      if (channel.type !== "web-push") continue;
      const { subscription = "{}" } = await channel.open();
      if ((JSON.parse(subscription) as Partial<PushSubscriptionKeys>).endpoint === endpoint) return channel;
    }
    return null;
  }

  return {
    publicKey: async () => (await loadKeys()).publicKey,
    async subscribe({ endpoint, p256dh, auth, browser, subject }) {
      const problem = subscriptionProblem({ endpoint, p256dh, auth });
      if (problem !== null) throw new ChannelSettingsError(`The subscription was not stored: ${problem}`);
      const known = await find(endpoint);
      const id = known?.id ?? freeName(browser, await channels.list());
      await channels.add({
        id,
        type: "web-push",
        ...known && { rule: known.rule },
        values: {
          subscription: JSON.stringify({ endpoint, p256dh, auth }),
          vapid: JSON.stringify({ ...await loadKeys(), subject }),
          browser,
        },
      });
      return (await channels.list()).find((one) => one.id === id)!;
    },
    async unsubscribe(endpoint) {
      const channel = await find(endpoint);
      return channel !== null && await channels.remove(channel.id);
    },
  };
}

async function makeKeys(): Promise<Omit<VapidKeys, "subject">> {
  const pair = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, true, [
    "sign",
    "verify",
  ]);
  const point = new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey));
  const { d = "" } = await crypto.subtle.exportKey("jwk", pair.privateKey);
  return { publicKey: point.toBase64({ alphabet: "base64url", omitPadding: true }), privateKey: d };
}

/** `firefox-on-linux`, `firefox-on-linux-2`. */
function freeName(browser: string, channels: readonly Channel[]): string {
  const base = browser.toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-+|-+$/g, "").slice(0, 28) ||
    "browser";
  const taken = new Set(channels.map(({ id }) => id));
  for (let count = 1;; count++) {
    const name = count === 1 ? base : `${base}-${count}`;
    if (!taken.has(name)) return name;
  }
}
