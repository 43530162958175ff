/** An MQTT broker: alerts as events, and every quota as a sensor that Home Assistant discovers. */
import { netPermission } from "../../net/resolve_host.ts";
import { type ChannelContext, ChannelError, type ChannelType, isUntrusted, notGranted } from "../channel.ts";
import { oneLine, plainText } from "../escape.ts";
import { webhookBody } from "../webhook_body.ts";
import { alertTopic, buildTopics, type TopicSettings } from "./home_assistant.ts";

const TIMEOUT_MS = 15_000;
const PORTS: Readonly<Record<string, number>> = { "mqtt:": 1883, "mqtts:": 8883 };
const PREFIX = "syntrack";
const DISCOVERY = "homeassistant";
const TOPIC = /^[A-Za-z0-9_-]{1,64}(\/[A-Za-z0-9_-]{1,64}){0,3}$/;

type Settings = Readonly<Record<string, string>>;

function parseBroker(
  { url = "" }: Settings,
): { readonly url: URL; readonly host: string; readonly port: number } | null {
  if (!/^mqtts?:\/\/[^/]/i.test(url) || !URL.canParse(url)) return null;
  const parsed = new URL(url);
  const host = parsed.hostname.replace(/^\[|\]$/g, "");
  return host === "" ? null : { url: parsed, host, port: Number(parsed.port) || PORTS[parsed.protocol]! };
}

function topicSettings({ prefix, discovery }: Settings): TopicSettings {
  return {
    prefix: prefix || PREFIX,
    discovery: discovery === "none" ? null : discovery || DISCOVERY,
  };
}

export const mqtt: ChannelType = {
  id: "mqtt",
  name: "MQTT and Home Assistant",
  reach: (settings) => {
    const broker = parseBroker(settings);
    if (broker === null) return { hosts: [], commands: [] };
    const { host, port } = broker;
    return { hosts: [netPermission(host, port)], socket: { host, port }, commands: [] };
  },
  settings: [
    { name: "url", help: "address of the broker, as in mqtts://broker.example or mqtt://10.0.0.7:1883" },
    { name: "user", help: "name to sign in with", optional: true },
    { name: "password", help: "password to sign in with", secret: true, optional: true },
    { name: "prefix", help: `prefix of the topics (default: ${PREFIX})`, optional: true },
    {
      name: "discovery",
      help: `discovery prefix of Home Assistant (default: ${DISCOVERY}); none for no sensors`,
      optional: true,
    },
  ],
  check(settings) {
    const broker = parseBroker(settings);
    if (broker === null) return "url is not an address such as mqtts://broker.example";
    if (broker.url.username !== "" || broker.url.password !== "") {
      return "url contains a sign-in: set user and password instead";
    }
    if (!/^\/?$/.test(broker.url.pathname) || broker.url.search !== "") {
      return "url has more than a host and a port: topics are set by prefix";
    }
    for (const name of ["prefix", "discovery"]) {
      const value = settings[name];
      if (value && !TOPIC.test(value)) {
        return `${name} is not a topic: letters, digits, - and _ between slashes`;
      }
    }
    return null;
  },
  async send(message, context) {
    const { prefix } = topicSettings(context.settings);
    const { alerts = [] } = webhookBody(message) as {
      readonly alerts?: readonly { readonly kind: string }[];
    };
    await publish(
      alerts.map((alert): Publication => ({
        topic: alertTopic(prefix),
        payload: JSON.stringify({ event_type: alert.kind, ...cleanTexts(alert) }),
        retain: false,
      })),
      context,
    );
  },
  mirror: {
    plan: (accounts, settings) => buildTopics(accounts, topicSettings(settings)),
    publish: (changes, context) =>
      publish(
        [...changes].map(([topic, payload]) => ({ topic, payload: payload ?? "", retain: true })),
        context,
      ),
  },
};

interface Publication {
  readonly topic: string;
  /** When empty and retained, it removes what the broker holds. */
  readonly payload: string;
  readonly retain: boolean;
}

/** Connects, publishes in order, each acknowledged by the broker, and leaves. */
async function publish(publications: readonly Publication[], context: ChannelContext): Promise<void> {
  const broker = parseBroker(context.settings);
  if (broker === null) throw new ChannelError("The address of the broker is not valid", { retry: false });
  const { url, host, port } = broker;
  const where = `${oneLine(host, 80)}:${port}`;
  const isPlain = url.protocol === "mqtt:";
  await context.admit(host, port, isPlain);
  const { connect } = (await import("mqtt")).default;
  const { user, password } = context.settings;
  const client = connect(`${isPlain ? "mqtt" : "mqtts"}://${url.hostname}:${port}`, {
    clientId: `syntrack-${crypto.randomUUID().slice(0, 8)}`,
    ...user && { username: user, password: password ?? "" },
    connectTimeout: TIMEOUT_MS,
    // One attempt only, because the outbox tries again.
    reconnectPeriod: 0,
    protocolVersion: 4,
  });
  const ending = AbortSignal.any([context.signal, AbortSignal.timeout(TIMEOUT_MS)]);
  try {
    await new Promise<void>((resolve, reject) => {
      client.on("error", reject);
      client.on("close", () => reject(new Error("closed")));
      ending.addEventListener("abort", () => reject(new Error("late")), { once: true });
      client.on("connect", () => {
        const all = publications.map(({ topic, payload, retain }) =>
          client.publishAsync(topic, payload, { qos: 1, retain })
        );
        Promise.all(all).then(() => resolve(), reject);
      });
    });
    await client.endAsync().catch(() => {});
  } catch (error) {
    client.on("error", () => {});
    client.end(true);
    throw brokerError(error, where);
  }
}

function cleanTexts<T extends object>(alert: T): T {
  return Object.fromEntries(
    Object.entries(alert).map((
      [name, value],
    ) => [name, typeof value === "string" ? plainText(value) : value]),
  ) as T;
}

/** Return codes of MQTT 3.1.1 for a refused sign-in. */
const REFUSED = new Set([4, 5]);

function brokerError(error: unknown, where: string): ChannelError {
  if (error instanceof ChannelError) return error;
  const { code, message = "", name = "" } = { ...error as object, ...error instanceof Error && error } as {
    readonly code?: unknown;
    readonly message?: string;
    readonly name?: string;
  };
  const text = error instanceof Error ? `${error.name} ${error.message}` : `${name} ${message}`;
  if (REFUSED.has(Number(code))) {
    return new ChannelError(`The MQTT broker ${where} refused the sign-in: check user and password`, {
      retry: false,
    });
  }
  if (/NotCapable|Requires net access/.test(text)) {
    return notGranted(where);
  }
  if (isUntrusted(text)) {
    return new ChannelError(`The certificate of the MQTT broker ${where} is not trusted`, { retry: false });
  }
  return new ChannelError(`The MQTT broker ${where} did not accept the message`);
}
