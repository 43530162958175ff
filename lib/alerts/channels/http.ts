/** Channels that send a single request. */
import { ChannelError, type ChannelType, postJson, reachOfUrl, requireAccepted } from "../channel.ts";
import {
  cutBytes,
  cutText,
  escapeChat,
  escapeHtml,
  escapeMarkdown,
  escapeSlack,
  headerText,
  oneLine,
  plainText,
} from "../escape.ts";

export const URL_SETTING = { name: "url", help: "the address messages are posted to", secret: true } as const;

export function checkUrl({ url }: Readonly<Record<string, string>>): string | null {
  return url !== undefined && URL.canParse(url) && /^https?:$/.test(new URL(url).protocol)
    ? null
    : "url is not an http or https address";
}

export function joinUrl(base: string, path: string): string {
  return `${base.replace(/\/+$/, "")}${path}`;
}

/** Bytes; a server makes an attachment of a longer message, or refuses it. */
const MAX_NTFY = 4096;
const NTFY_PRIORITY = { info: "default", warning: "high", critical: "urgent" } as const;

export const ntfy: ChannelType = {
  id: "ntfy",
  name: "ntfy",
  reach: ({ server = "https://ntfy.sh" }) => reachOfUrl(server),
  settings: [
    { name: "topic", help: "the topic that is subscribed to; anyone who knows it can read it", secret: true },
    { name: "server", help: "address of the server; https://ntfy.sh unless given", optional: true },
    { name: "token", help: "access token, if the server requires one", secret: true, optional: true },
  ],
  check: ({ server, topic = "" }) =>
    !/^[-_A-Za-z0-9]{1,64}$/.test(topic)
      ? "topic may contain letters, digits, - and _, at most 64"
      : server
      ? checkUrl({ url: server })
      : null,
  async send({ title, text, severity }, context) {
    const { server = "https://ntfy.sh", topic = "", token } = context.settings;
    const answer = await context.request(joinUrl(server, `/${topic}`), {
      method: "POST",
      headers: {
        title: headerText(title),
        priority: NTFY_PRIORITY[severity],
        tags: severity === "critical"
          ? "rotating_light"
          : severity === "warning"
          ? "warning"
          : "information_source",
        ...token && { authorization: `Bearer ${token}` },
      },
      body: cutBytes(plainText(text), MAX_NTFY),
    });
    requireAccepted("ntfy", answer);
  },
};

const GOTIFY_PRIORITY = { info: 3, warning: 6, critical: 9 } as const;

export const gotify: ChannelType = {
  id: "gotify",
  name: "Gotify",
  reach: ({ server = "" }) => reachOfUrl(server),
  settings: [
    { name: "server", help: "address of the server" },
    { name: "token", help: "token of the application", secret: true },
  ],
  check: ({ server = "" }) => checkUrl({ url: server }),
  async send({ title, text, severity }, context) {
    const { server = "", token = "" } = context.settings;
    await postJson("Gotify", context, joinUrl(server, "/message"), {
      title: oneLine(title),
      message: plainText(text),
      priority: GOTIFY_PRIORITY[severity],
    }, { "x-gotify-key": token });
  },
};

const MAX_PUSHOVER = 1024;
const PUSHOVER_PRIORITY = { info: -1, warning: 0, critical: 1 } as const;

export const pushover: ChannelType = {
  id: "pushover",
  name: "Pushover",
  reach: () => reachOfUrl("https://api.pushover.net"),
  settings: [
    { name: "token", help: "token of the application", secret: true },
    { name: "user", help: "key of the user or group", secret: true },
  ],
  async send({ title, text, severity, at }, context) {
    const { token = "", user = "" } = context.settings;
    const answer = await postJson("Pushover", context, "https://api.pushover.net/1/messages.json", {
      token,
      user,
      title: oneLine(title),
      message: cutText(plainText(text), MAX_PUSHOVER),
      priority: PUSHOVER_PRIORITY[severity],
      timestamp: Math.floor(at / 1000),
    });
    if (/"status"\s*:\s*0\b/.test(answer.text)) {
      throw new ChannelError("Pushover rejected the message");
    }
  },
};

/** Code units, without the markup. */
const MAX_TELEGRAM = 4096;

export const telegram: ChannelType = {
  id: "telegram",
  name: "Telegram",
  reach: () => reachOfUrl("https://api.telegram.org"),
  settings: [
    { name: "token", help: "token of the bot, from @BotFather", secret: true },
    { name: "chat", help: "id of the chat" },
  ],
  check: ({ token = "" }) =>
    /^\d+:[\w-]{20,}$/.test(token) ? null : "token is not a bot token, which looks like 123456:ABC...",
  async send({ title, text, severity }, context) {
    const { token = "", chat = "" } = context.settings;
    const heading = oneLine(title);
    const rest = cutText(plainText(text), MAX_TELEGRAM - heading.length - 1);
    await postJson("Telegram", context, `https://api.telegram.org/bot${token}/sendMessage`, {
      chat_id: chat,
      text: `<b>${escapeHtml(heading)}</b>\n${escapeHtml(rest)}`,
      parse_mode: "HTML",
      disable_notification: severity === "info",
      link_preview_options: { is_disabled: true },
    });
  },
};

const MAX_DISCORD = 2000;

export const discord: ChannelType = {
  id: "discord",
  name: "Discord",
  reach: ({ url = "" }) => reachOfUrl(url),
  settings: [{ ...URL_SETTING, help: "address of the webhook of the channel" }],
  check: checkUrl,
  async send({ title, text }, context) {
    await postJson("Discord", context, context.settings.url ?? "", {
      content: cutText(`**${escapeMarkdown(oneLine(title))}**\n${escapeMarkdown(text)}`, MAX_DISCORD),
      allowed_mentions: { parse: [] },
    });
  },
};

/**
 * @param escape removes the special meaning of text there
 * @param more further fields of the body
 */
function slackLike(
  id: string,
  name: string,
  escape: (text: string) => string,
  more: Readonly<Record<string, unknown>> = {},
): ChannelType {
  return {
    id,
    name,
    reach: ({ url = "" }) => reachOfUrl(url),
    settings: [{ ...URL_SETTING, help: "address of the incoming webhook" }],
    check: checkUrl,
    async send({ title, text }, context) {
      await postJson(name, context, context.settings.url ?? "", {
        text: `${escape(oneLine(title))}\n${escape(text)}`,
        ...more,
      });
    },
  };
}

export const slackChannel = slackLike("slack", "Slack", escapeSlack, { mrkdwn: false });
export const mattermost = slackLike("mattermost", "Mattermost", escapeMarkdown);
export const googleChat = slackLike("google-chat", "Google Chat", escapeChat);

export const teams: ChannelType = {
  id: "teams",
  name: "Microsoft Teams",
  reach: ({ url = "" }) => reachOfUrl(url),
  settings: [{ ...URL_SETTING, help: "address of the workflow that posts to the channel" }],
  check: checkUrl,
  async send({ title, text }, context) {
    const block = (value: string, more: object = {}) => ({
      type: "TextBlock",
      text: escapeMarkdown(value),
      wrap: true,
      ...more,
    });
    await postJson("Microsoft Teams", context, context.settings.url ?? "", {
      type: "message",
      attachments: [{
        contentType: "application/vnd.microsoft.card.adaptive",
        content: {
          $schema: "http://adaptivecards.io/schemas/adaptive-card.json",
          type: "AdaptiveCard",
          version: "1.4",
          body: [block(oneLine(title), { weight: "Bolder" }), block(text)],
        },
      }],
    });
  },
};

export const matrix: ChannelType = {
  id: "matrix",
  name: "Matrix",
  reach: ({ server = "" }) => reachOfUrl(server),
  settings: [
    { name: "server", help: "address of the home server" },
    { name: "room", help: "id of the room, as in !abc:example.org" },
    { name: "token", help: "access token", secret: true },
  ],
  check: ({ server = "" }) => checkUrl({ url: server }),
  async send({ id, title, text }, context) {
    const { server = "", room = "", token = "" } = context.settings;
    // The transaction id makes a repetition the same event.
    const path = `/_matrix/client/v3/rooms/${encodeURIComponent(room)}/send/m.room.message/${
      encodeURIComponent(id)
    }`;
    const answer = await context.request(joinUrl(server, path), {
      method: "PUT",
      headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
      body: JSON.stringify({
        msgtype: "m.text",
        body: `${oneLine(title)}\n${plainText(text)}`,
        format: "org.matrix.custom.html",
        formatted_body: `<strong>${escapeHtml(title)}</strong><br>${escapeHtml(text)}`,
      }),
    });
    requireAccepted("Matrix", answer);
  },
};

export const apprise: ChannelType = {
  id: "apprise",
  name: "Apprise API",
  reach: ({ url = "" }) => reachOfUrl(url),
  settings: [{ ...URL_SETTING, help: "address of the notify endpoint, as in http://host:8000/notify/key" }],
  check: checkUrl,
  async send({ title, text, severity }, context) {
    await postJson("Apprise", context, context.settings.url ?? "", {
      title: oneLine(title),
      body: plainText(text),
      type: severity === "critical" ? "failure" : severity,
    });
  },
};
