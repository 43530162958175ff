import type { ChannelAnswer, ChannelContext, Message } from "../../lib/alerts/channel.ts";
import { CHANNEL_TYPES, channelType } from "../../lib/alerts/channels/mod.ts";
import { composeMessage } from "../../lib/alerts/compose_message.ts";
import { createOutside } from "../../lib/alerts/outside.ts";
import type { Alert } from "../../lib/model/alerts/alert.ts";
import { HOUR_MS } from "../../lib/model/duration.ts";
import { assert, assertEquals, assertRejects } from "../support/assert.ts";
import { READ_AT } from "../support/views.ts";
import { writeScript } from "../support/script.ts";

const HOSTILE = 'Acme <b>@everyone</b> <!channel> *x* `y` "\u202eevil\u0007\r\nBcc: other@example.org';

function alert(fields: Partial<Alert> = {}): Alert {
  return {
    id: "threshold|acme/default/five-hour|0.8|1",
    kind: "threshold",
    severity: "warning",
    account: "acme/default",
    quota: "five-hour",
    at: READ_AT,
    title: HOSTILE,
    text: `${HOSTILE} used`,
    details: "",
    expiresAt: READ_AT + HOUR_MS,
    ...fields,
  };
}

interface Sent {
  readonly url: string;
  readonly init: RequestInit;
  readonly body: string;
}

async function sent(
  type: string,
  settings: Record<string, string>,
  message: Message,
  status = 200,
): Promise<readonly Sent[]> {
  const all: Sent[] = [];
  const context: ChannelContext = {
    settings,
    os: "linux",
    now: () => READ_AT,
    signal: new AbortController().signal,
    run: () => Promise.resolve(0),
    admit: () => Promise.resolve(),
    request(url, init): Promise<ChannelAnswer> {
      all.push({ url, init, body: String(init.body) });
      return Promise.resolve({ status, text: "", retryAfterMs: null });
    },
  };
  await channelType(type)!.send(message, context);
  return all;
}

Deno.test("no channel passes on markup, mentions, control characters or reversed text of a hostile name", async () => {
  const message = composeMessage([alert()], READ_AT);
  const url = "https://chat.example/hook";
  const body = async (type: string, settings: Record<string, string> = { url }) =>
    (await sent(type, settings, message))[0]!;
  for (const { id, settings } of CHANNEL_TYPES) {
    if (["mail", "desktop", "tmux", "bell", "hook", "webhook", "mqtt", "web-push"].includes(id)) continue;
    const values = Object.fromEntries(
      settings.map(({ name }) => [name, name === "url" || name === "server" ? url : "1:x"]),
    );
    const { body: text, init } = await body(id, values);
    const whole = text + JSON.stringify(Object.fromEntries(new Headers(init.headers)));
    for (const sign of ["\u0007", "\u202e", "\r", "\\u0007", "\\r"]) {
      assert(!whole.includes(sign), `${id}: ${whole}`);
    }
  }
  // Programs pass these on to a terminal or a chat.
  const hook = await body("webhook");
  const templated = await body("webhook", {
    url,
    template: '{"a":"{{title}}","b":["{{message}} {{details}}"]}',
  });
  for (const { body: text } of [hook, templated]) {
    for (const sign of ["\u202e", "\\u0007", "\\r"]) assert(!text.includes(sign), text);
  }
  assert((await body("telegram", { token: "1:x", chat: "1" })).body.includes("&#60;b&#62;@everyone"));
  const discord = JSON.parse((await body("discord")).body);
  assert(!discord.content.includes("@everyone"));
  assertEquals(discord.allowed_mentions, { parse: [] });
  const { text: slack, mrkdwn } = JSON.parse((await body("slack")).body);
  assertEquals(mrkdwn, false, "Slack is asked to show text as it is");
  assert(!slack.includes("<!channel>") && !slack.includes("@everyone"), slack);
  for (const id of ["mattermost", "google-chat"]) {
    const { text } = JSON.parse((await body(id)).body);
    for (const sign of ["<!channel>", "@everyone", "&lt;", "&#"]) {
      assert(!text.includes(sign), `${id}: ${text}`);
    }
  }
  const { init } = await body("ntfy", { topic: "t" });
  assert(/^[\x20-\x7e]+$/.test(new Headers(init.headers).get("title")!));
});

Deno.test("a link, image or mention in a name has no effect in chats with Markdown or other markup", async () => {
  const name =
    "[free](https://evil.example) ![x](https://evil.example/p.png) <users/all> <https://evil.example|x> R&D";
  const message = composeMessage([alert({ title: name, text: name })], READ_AT);
  const text = async (type: string) =>
    JSON.parse((await sent(type, { url: "https://chat.example" }, message))[0]!.body).text as string;
  const [mattermost, google] = [await text("mattermost"), await text("google-chat")];
  assert(
    !/(?<!\\)\]\(/.test(mattermost) && !/(?<!\\)!?\[/.test(mattermost.replaceAll("!\\[", "")),
    mattermost,
  );
  assert(!google.includes("<users") && !google.includes("<https"), google);
  assert(mattermost.includes("R&D") && google.includes("R&D"), "a name reads as it is");
});

Deno.test("a message longer than the receiver accepts is cut at a line, not rejected", async () => {
  const title = `Acme ${"long ".repeat(40)}`;
  const many = Array.from({ length: 20 }, (_, place) => alert({ id: `threshold|${place}`, title }));
  const message = composeMessage(many, READ_AT);
  const [pushover] = await sent("pushover", { token: "t", user: "u" }, message);
  const { message: short } = JSON.parse(pushover!.body);
  assert(short.length <= 1024 && short.endsWith("\n\u2026"), short);
  const [discord] = await sent("discord", { url: "https://d.example" }, message);
  assert(JSON.parse(discord!.body).content.length <= 2000);
  const id = `threshold|acme/${"x".repeat(300)}/five-hour|0.8|1`;
  const keys = [id, `${id}2`].map(async (one) => {
    const [event] = await sent("pagerduty", { key: "k" }, composeMessage([alert({ id: one })], READ_AT));
    return JSON.parse(event!.body).dedup_key as string;
  });
  const [a, b] = await Promise.all(keys);
  assert(a!.length <= 255 && a !== b, a);
});

Deno.test("a name of emoji or many combining marks keeps every message within what its service counts", async () => {
  const accents = `z${"\u0301".repeat(7)}`.repeat(40);
  const title = `${"\u{1f680}".repeat(60)} ${"\u9ad8".repeat(60)} ${accents}: will run out`;
  const many = Array.from(
    { length: 12 },
    (_, place) => alert({ id: `${place}`, title, text: title.repeat(60) }),
  );
  const bytes = (text: string) => new TextEncoder().encode(text).length;
  for (const message of [composeMessage(many, READ_AT), composeMessage(many.slice(0, 1), READ_AT)]) {
    const body = async (type: string, settings: Record<string, string>) =>
      JSON.parse((await sent(type, settings, message))[0]!.body);
    // Telegram counts what is left without markup.
    const { text } = await body("telegram", { token: "1:x", chat: "1" });
    const shown = text.replace(/<\/?b>/g, "").replace(
      /&#(\d+);/g,
      (_: string, code: string) => String.fromCharCode(+code),
    );
    assert(shown.length <= 4096 && shown.isWellFormed(), `Telegram: ${shown.length}`);
    assert((await body("discord", { url: "https://d.example" })).content.length <= 2000);
    const pushover = await body("pushover", { token: "t", user: "u" });
    assert(pushover.title.length <= 250 && pushover.message.length <= 1024);
    const opsgenie = await body("opsgenie", { key: "k" });
    assert(opsgenie.message.length <= 130 && opsgenie.message.isWellFormed(), opsgenie.message);
    assert(opsgenie.description.length <= 15_000);
    assert((await body("pagerduty", { key: "k" })).payload.summary.length <= 1024);
    const matrix = await sent("matrix", { server: "https://m.example", room: "!r", token: "t" }, message);
    if (message.alerts.length > 1) {
      assert(bytes(matrix[0]!.body) < 65_536, `Matrix: ${bytes(matrix[0]!.body)}`);
    }
    const [ntfy] = await sent("ntfy", { topic: "t" }, message);
    assert(bytes(ntfy!.body) <= 4096 && !ntfy!.body.includes("\ufffd"), `ntfy: ${bytes(ntfy!.body)}`);
  }
});

Deno.test("tmux gets no format that it would expand", async () => {
  const lines: string[] = [];
  const context = {
    run: (_command: string, args: readonly string[]) => (lines.push(args.at(-1)!), Promise.resolve(0)),
  } as unknown as ChannelContext;
  const name = "80%H used #(date) #{host}";
  await channelType("tmux")!.send(composeMessage([alert({ title: name, text: "" })], READ_AT), context);
  assertEquals(lines, ["80%%H used ##(date) ##{host}."]);
});

Deno.test("each channel is called as documented, with credentials in the header or body and never in a log line", async () => {
  const message = composeMessage([alert({ title: "Acme: 85% used", text: "85% used." })], READ_AT);
  const [ntfy] = await sent("ntfy", { topic: "t", server: "https://ntfy.example/", token: "tk" }, message);
  assertEquals([ntfy!.url, new Headers(ntfy!.init.headers).get("authorization"), ntfy!.body], [
    "https://ntfy.example/t",
    "Bearer tk",
    "85% used.",
  ]);
  const [gotify] = await sent("gotify", { server: "https://g.example", token: "tk" }, message);
  assertEquals([gotify!.url, JSON.parse(gotify!.body).priority], ["https://g.example/message", 6]);
  const [matrix] = await sent("matrix", { server: "https://m.example", room: "!r:m", token: "tk" }, message);
  assertEquals(matrix!.init.method, "PUT");
  assert(matrix!.url.endsWith(`/send/m.room.message/${encodeURIComponent(message.id)}`));
  const [telegram] = await sent("telegram", { token: "1:x", chat: "42" }, message);
  assertEquals(JSON.parse(telegram!.body).chat_id, "42");
  const [teams] = await sent("teams", { url: "https://t.example" }, message);
  assertEquals(JSON.parse(teams!.body).attachments[0].contentType, "application/vnd.microsoft.card.adaptive");
});

Deno.test("on-call services get the end of an incident with the key it began with", async () => {
  const begun = alert({ id: "failing|acme/default|1", kind: "failing" });
  const ended = alert({ id: "recovered|acme/default|2", kind: "recovered", resolves: begun.id });
  const [first] = await sent("pagerduty", { key: "k" }, composeMessage([begun], READ_AT));
  const [second] = await sent("pagerduty", { key: "k" }, composeMessage([ended], READ_AT));
  const [a, b] = [JSON.parse(first!.body), JSON.parse(second!.body)];
  assertEquals([a.event_action, b.event_action, b.dedup_key], ["trigger", "resolve", a.dedup_key]);
  const [closed] = await sent("opsgenie", { key: "k" }, composeMessage([ended], READ_AT));
  assert(closed!.url.includes("/close?identifierType=alias"));
  const again = composeMessage([alert({ ...begun, id: `${begun.id}|again|1`, repeats: begun.id })], READ_AT);
  const [third] = await sent("pagerduty", { key: "k" }, again);
  assertEquals(JSON.parse(third!.body).dedup_key, a.dedup_key, "what is told again is the same incident");
  const [opened] = await sent("opsgenie", { key: "k" }, again);
  assertEquals(JSON.parse(opened!.body).alias, begun.id);
});

Deno.test("a rejected sign-in is not retried, a busy or failing service is", async () => {
  const message = composeMessage([alert()], READ_AT);
  const retry = async (status: number) => {
    const error = await assertRejects(() => sent("slack", { url: "https://s.example" }, message, status));
    return (error as { readonly retry: boolean }).retry;
  };
  assertEquals([await retry(401), await retry(404), await retry(400), await retry(429), await retry(503)], [
    false,
    false,
    false,
    true,
    true,
  ]);
});

/** A mail server on the loopback address that stores its mail. */
function mailServer() {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const mails: string[] = [];
  const done = (async () => {
    for await (const connection of listener) {
      const text = new TextDecoder();
      const say = (line: string) => connection.write(new TextEncoder().encode(`${line}\r\n`));
      let data = false;
      let buffer = "";
      await say("220 test");
      const chunk = new Uint8Array(4096);
      for (
        let count = await connection.read(chunk).catch(() => null);
        count !== null;
        count = await connection.read(chunk).catch(() => null)
      ) {
        buffer += text.decode(chunk.subarray(0, count));
        if (data && buffer.includes("\r\n.\r\n")) {
          mails.push(buffer);
          [buffer, data] = ["", false];
          await say("250 taken");
        }
        while (!data && buffer.includes("\r\n")) {
          const line = buffer.slice(0, buffer.indexOf("\r\n"));
          buffer = buffer.slice(line.length + 2);
          if (/^DATA/i.test(line)) {
            data = true;
            await say("354 go on");
          } else if (/^QUIT/i.test(line)) {
            await say("221 bye");
            connection.close();
            break;
          } else await say("250 ok");
        }
      }
    }
  })().catch(() => {});
  return {
    port: (listener.addr as Deno.NetAddr).port,
    mails,
    async [Symbol.asyncDispose]() {
      listener.close();
      await done;
    },
  };
}

Deno.test("a mail arrives as text and HTML, and a hostile name adds no header", async () => {
  await using server = mailServer();
  const settings = {
    host: "127.0.0.1",
    port: String(server.port),
    encryption: "none",
    from: "s@example.org",
    to: "me@example.org",
  };
  await sent("mail", settings, composeMessage([alert({ details: "Slow down." })], READ_AT));
  const [mail = ""] = server.mails;
  const [head = ""] = mail.split("\r\n\r\n");
  assert(!/^Bcc:/im.test(head), head);
  assert(/^Subject: /m.test(head) && mail.includes("text/plain") && mail.includes("text/html"));
  const none = await assertRejects(() =>
    sent("mail", { ...settings, port: "1" }, composeMessage([alert()], READ_AT))
  );
  assert(
    (none as Error).message ===
      "The mail server 127.0.0.1:1 cannot be reached: check host, port and encryption",
    String(none),
  );
});

Deno.test("a custom command gets JSON on standard input, no secrets in its environment, and no shell", async () => {
  if (Deno.build.os === "windows") return;
  const folder = await Deno.makeTempDir();
  const script = `${folder}/hook.sh`;
  await writeScript(script, `#!/bin/sh\ncat > "$1"\nenv >> "$1"\n`);
  const out = `${folder}/out; echo`;
  const outside = createOutside({ env: (name) => name === "PATH" ? Deno.env.get("PATH") : undefined });
  const context: ChannelContext = {
    ...outside,
    settings: { command: script, args: JSON.stringify([out]) },
    now: () => READ_AT,
    signal: new AbortController().signal,
  };
  await channelType("hook")!.send(composeMessage([alert({ title: "Acme: 85% used" })], READ_AT), context);
  const [json = "", ...env] = (await Deno.readTextFile(out)).split("\n");
  assertEquals(JSON.parse(json).title, "Acme: 85% used");
  assert(!env.some((line) => line.startsWith("HOME=")), env.join(" "));
  await Deno.remove(folder, { recursive: true });
});

Deno.test("the terminal bell rings a terminal, writes no message there, and rings nothing else", async () => {
  const bell = channelType("bell")!;
  assertEquals(bell.check?.({}), null);
  assertEquals(bell.check?.({ terminal: "/dev/pts/3" }), null);
  for (const terminal of ["/etc/passwd", "/dev/sda", "/dev/pts/../sda", "pts/3", "/dev/tty1 x"]) {
    assertEquals(bell.check?.({ terminal }), "terminal is not a path such as /dev/pts/3", terminal);
  }
  const runs: unknown[] = [];
  const context = (os: string, code: number): ChannelContext => ({
    settings: { terminal: "/dev/pts/3" },
    os,
    now: () => READ_AT,
    signal: new AbortController().signal,
    admit: () => Promise.resolve(),
    request: () => Promise.reject(new TypeError("Nobody is asked")),
    run: (command, args, input) => (runs.push([command, args, input]), Promise.resolve(code)),
  });
  const message = composeMessage([alert()], READ_AT);
  await bell.send(message, context("linux", 0));
  assertEquals(runs, [["tee", ["/dev/pts/3"], "\u0007"]]);
  await assertRejects(() => bell.send(message, context("linux", 1)), /\/dev\/pts\/3 cannot be rung/);
  await assertRejects(() => bell.send(message, context("windows", 0)), /no terminal/);
});
