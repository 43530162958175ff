/** The channels that users added, with plain settings and sealed secrets, and the commands of the config file. */
import { parseSealed, type Sealed, type Vault } from "../accounts/vault/vault.ts";
import type { AccountKey } from "../model/quota.ts";
import type { ChannelRule } from "../model/alerts/delivery.ts";
import { updateDoc } from "../base/update_doc.ts";
import type { Store } from "../store/store.ts";
import { bracketAddress } from "../net/address.ts";
import { netPermission, type Resolve, resolveHost } from "../net/resolve_host.ts";
import type { ChannelReach, ChannelType } from "./channel.ts";
import { channelType } from "./channels/mod.ts";
import { CHANNEL_ID, hookAdvice, type HookSettings } from "./hook_settings.ts";

/** One channel. */
export interface Channel {
  /** The user's name for it: `phone`. */
  readonly id: string;
  readonly type: string;
  readonly rule: ChannelRule;
  readonly enabled: boolean;
  /** True when it was added from another machine, so it must not reach addresses of the server's own network. */
  readonly publicOnly: boolean;
  /** When its settings were stored, epoch milliseconds; absent when unknown. */
  readonly changedAt?: number;
  /** Values that are not secret. */
  readonly settings: Readonly<Record<string, string>>;
  /** Names of the stored secrets. */
  readonly secrets: readonly string[];
  /** Opens its secrets. @throws {VaultError} */
  open(): Promise<Readonly<Record<string, string>>>;
}

export interface NewChannel {
  readonly id: string;
  readonly type: string;
  readonly rule?: ChannelRule;
  /** Settings and secrets together, by name. */
  readonly values: Readonly<Record<string, string>>;
  /** Whether it may only reach public addresses. Default: false. */
  readonly publicOnly?: boolean;
}

interface ChannelDoc {
  readonly type: string;
  readonly rule: ChannelRule;
  readonly enabled: boolean;
  readonly publicOnly?: boolean;
  /** When its settings were stored, epoch milliseconds. */
  readonly changedAt?: number;
  readonly settings: Readonly<Record<string, string>>;
  readonly values: Readonly<Record<string, Sealed>>;
}

export interface StoredChannelsParts {
  readonly docs: Store["docs"];
  readonly vault: Vault;
  readonly now: () => number;
  /** Called with each opened secret, so that it is masked everywhere. */
  readonly learn?: ((secret: string) => void) | undefined;
  /**
   * The commands in the config file now, by name. Only the file defines what runs: someone who can write to the
   * database, or supplies one, must not make this machine run anything. The database only stores when a command
   * runs.
   */
  readonly hooks?: (() => ReadonlyMap<string, HookSettings>) | undefined;
}

export interface StoredChannels {
  list(): Promise<readonly Channel[]>;
  /** @throws {ChannelSettingsError} when the name or a value is missing or invalid */
  check(channel: NewChannel): void;
  /**
   * Stores a channel, or replaces its settings: without a rule it keeps the one it had.
   *
   * @throws {ChannelSettingsError} when the name or a value is missing or invalid, and for a command
   */
  add(channel: NewChannel): Promise<void>;
  /** Changes which alerts a channel accepts, and when; resolves to false when there is no such channel. */
  setRule(id: string, rule: ChannelRule): Promise<boolean>;
  /** Pauses a channel or ends its pause; resolves to false when there is no such channel. */
  setEnabled(id: string, enabled: boolean): Promise<boolean>;
  /** Removes a channel. @throws {ChannelSettingsError} for a command of the config file */
  remove(id: string): Promise<boolean>;
}

/** Describes what is wrong with a channel's settings, in one sentence. */
export class ChannelSettingsError extends Error {
  override readonly name = "ChannelSettingsError";
}

const MAX_CHANNELS = 32;
const MAX_VALUE = 4096;

export function createStoredChannels(parts: StoredChannelsParts): StoredChannels {
  const { docs, vault, now, learn } = parts;
  const readHooks = () => parts.hooks?.() ?? new Map<string, HookSettings>();
  const ownerOf = (id: string, setting: string) => ({ account: `channel/${id}` as AccountKey, setting });

  async function list(): Promise<readonly Channel[]> {
    const all = await docs.list<Partial<ChannelDoc>>("channels", now());
    const hooks = readHooks();
    const stored = all.flatMap(({ id, doc }): readonly Channel[] => {
      if (typeof doc.type !== "string" || channelType(doc.type) === undefined) return [];
      const sealed = Object.entries(doc.values ?? {}).flatMap(([name, value]) => {
        const one = parseSealed(value);
        return one === null ? [] : [[name, one] as const];
      });
      return [{
        id,
        type: doc.type,
        rule: doc.rule ?? {},
        enabled: doc.enabled !== false,
        publicOnly: doc.publicOnly === true,
        ...typeof doc.changedAt === "number" && { changedAt: doc.changedAt },
        settings: doc.type === "hook" ? hooks.get(id) ?? {} : doc.settings ?? {},
        secrets: sealed.map(([name]) => name),
        async open() {
          const opened: Record<string, string> = {};
          for (const [name, value] of sealed) {
            opened[name] = await vault.open(ownerOf(id, name), value);
            learn?.(opened[name]);
          }
          return opened;
        },
      }];
    });
    const names = new Set(stored.map(({ id }) => id));
    const more = [...hooks].filter(([id]) => !names.has(id)).map(([id, settings]): Channel => ({
      id,
      type: "hook",
      rule: {},
      enabled: true,
      publicOnly: false,
      settings,
      secrets: [],
      open: () => Promise.resolve({}),
    }));
    return [...stored, ...more];
  }

  /** Changes a document; the document of a command is created by its first change. */
  async function change(id: string, what: Partial<Pick<ChannelDoc, "rule" | "enabled">>): Promise<boolean> {
    const own: ChannelDoc | null = readHooks().has(id)
      ? { type: "hook", rule: {}, enabled: true, settings: {}, values: {} }
      : null;
    const changed = await updateDoc({ docs, clock: { now } }, "channels", id, (before) => {
      const doc = before as ChannelDoc | null ?? own;
      return doc && { ...doc, ...what };
    });
    return changed !== null;
  }

  return {
    list,
    check: (channel) => void checkChannel(channel),
    async add(channel) {
      const { id, type: typeId, rule = {}, values, publicOnly = false } = channel;
      const type = checkChannel(channel);
      if (readHooks().has(id)) {
        throw new ChannelSettingsError(`The config file already has a command named ${id}`);
      }
      const stored = await list();
      if (stored.length >= MAX_CHANNELS && !stored.some((one) => one.id === id)) {
        throw new ChannelSettingsError(`There are ${MAX_CHANNELS} channels already: remove one first`);
      }
      const settings: Record<string, string> = {};
      const sealed: Record<string, Sealed> = {};
      for (const { name, secret } of type.settings) {
        const value = values[name];
        if (value === undefined) continue;
        if (secret) {
          learn?.(value);
          sealed[name] = await vault.seal(ownerOf(id, name), value);
        } else settings[name] = value;
      }
      await updateDoc({ docs, clock: { now } }, "channels", id, (stored): ChannelDoc => {
        const before = stored as ChannelDoc | null;
        // A user who sets a new password has not asked for other hours.
        const keepsRule = before?.type === typeId && Object.keys(rule).length === 0;
        return {
          type: typeId,
          rule: keepsRule ? before.rule : rule,
          enabled: true,
          ...publicOnly && { publicOnly },
          changedAt: now(),
          settings,
          values: sealed,
        };
      });
    },
    setRule: (id, rule) => change(id, { rule }),
    setEnabled: (id, enabled) => change(id, { enabled }),
    async remove(id) {
      const channel = (await list()).find((one) => one.id === id);
      if (channel) refuseFromConfig(channel);
      // Another channel may get the same name.
      await docs.delete("alert_memory", summaryMemoryId(id));
      return await docs.delete("channels", id);
    },
  };
}

/** Reports whether a channel is a command of the config file: the database supplies none. */
export function isFromConfig({ type, settings }: Pick<Channel, "type" | "settings">): boolean {
  return type === "hook" && settings["command"] !== undefined;
}

/** @throws {ChannelSettingsError} for a command of the config file */
export function refuseFromConfig(channel: Pick<Channel, "id" | "type" | "settings">): void {
  if (!isFromConfig(channel)) return;
  throw new ChannelSettingsError(
    `${channel.id} is defined in the config file: remove [hooks.${channel.id}] from it`,
  );
}

/** Returns the id of the memory of a channel's summaries. */
export function summaryMemoryId(channel: string): string {
  return `summary:${channel}`;
}

/** @throws {ChannelSettingsError} */
function checkChannel({ id, type: typeId, values }: NewChannel): ChannelType {
  if (!CHANNEL_ID.test(id)) {
    throw new ChannelSettingsError("The name of a channel has at most 32 lower-case letters, digits and -");
  }
  const type = channelType(typeId);
  if (type === undefined) throw new ChannelSettingsError("There is no such type of channel");
  if (type.id === "hook") throw new ChannelSettingsError(hookAdvice(id));
  const problem = settingsProblem(type, values);
  if (problem !== null) throw new ChannelSettingsError(`The channel was not stored: ${problem}`);
  return type;
}

/** Returns what is wrong with typed values, or null. */
export function settingsProblem(type: ChannelType, values: Readonly<Record<string, string>>): string | null {
  const known = type.settings.map(({ name }) => name);
  const stranger = Object.keys(values).find((name) => !known.includes(name));
  if (stranger !== undefined) {
    return `${type.name} has no setting ${stranger}; it has ${known.join(", ") || "none"}`;
  }
  for (const { name, optional, choices } of type.settings) {
    const value = values[name];
    if (value === undefined || value === "") {
      if (!optional) return `${type.name} needs ${name}`;
      continue;
    }
    if (value.length > MAX_VALUE) return `${name} is longer than ${MAX_VALUE} characters`;
    if (choices && !choices.includes(value)) return `${name} is one of ${choices.join(", ")}`;
  }
  return type.check?.(values) ?? null;
}

/**
 * Returns everything the enabled channels reach outside this program. A channel that cannot be opened reaches
 * nothing.
 */
export async function listChannelReach(
  channels: readonly Channel[],
  os: string,
  resolve?: Resolve,
): Promise<ChannelReach> {
  const reached = await Promise.all(
    channels.filter(({ enabled }) => enabled).map(async (channel) => {
      const secrets = await channel.open().catch(() => null);
      const type = channelType(channel.type);
      if (secrets === null || !type) return null;
      const { hosts, socket, commands } = type.reach({ ...channel.settings, ...secrets }, os);
      if (!socket) return { hosts, commands };
      const url = new URL(`http://${bracketAddress(socket.host)}`);
      const { addresses } = await resolveHost(url, resolve);
      return { hosts: [...hosts, ...addresses.map((one) => netPermission(one, socket.port))], commands };
    }),
  );
  return {
    hosts: [...new Set(reached.flatMap((one) => one?.hosts ?? []))],
    commands: [...new Set(reached.flatMap((one) => one?.commands ?? []))],
  };
}
