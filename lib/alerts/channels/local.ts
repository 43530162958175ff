/** Channels on this machine: the desktop, the terminal multiplexer, and the user's own commands. */
import { ChannelError, type ChannelType } from "../channel.ts";
import { oneLine, plainText } from "../escape.ts";
import { hookProblem, parseHookArgs } from "../hook_settings.ts";
import { webhookBody } from "../webhook_body.ts";

const TIMEOUT_MS = 5000;
const URGENCY = { info: "low", warning: "normal", critical: "critical" } as const;

export const desktop: ChannelType = {
  id: "desktop",
  name: "Desktop notification",
  reach: (_settings, os) => ({ hosts: [], commands: [desktopCommand(os, "", "", "info")[0]] }),
  settings: [],
  async send({ title, text, severity }, { os, run }) {
    const [command, args, input] = desktopCommand(os, oneLine(title), plainText(text), severity);
    const code = await run(command, args, input, TIMEOUT_MS);
    if (code !== 0) throw new ChannelError(`${command} ended with ${code}: is a desktop running?`);
  },
};

/** Passes text as arguments or on standard input, and never as part of a script. */
function desktopCommand(
  os: string,
  title: string,
  text: string,
  severity: keyof typeof URGENCY,
): readonly [command: string, args: readonly string[], input: string] {
  if (os === "darwin") {
    const script = "on run argv\ndisplay notification (item 2 of argv) with title (item 1 of argv)\nend run";
    return ["osascript", ["-e", script, title, text], ""];
  }
  if (os === "windows") {
    return ["powershell.exe", ["-NoProfile", "-NonInteractive", "-Command", TOAST], `${title}\n${text}`];
  }
  const body = text.replace(/[&<>]/g, (sign) => `&#${sign.charCodeAt(0)};`);
  return ["notify-send", ["--app-name=Syntrack", `--urgency=${URGENCY[severity]}`, "--", title, body], ""];
}

/** Reads title and text from standard input. */
const TOAST = `
$lines = [Console]::In.ReadToEnd() -split "\\n", 2
[Windows.UI.Notifications.ToastNotificationManager, Windows.UI.Notifications, ContentType = WindowsRuntime] | Out-Null
$xml = [Windows.UI.Notifications.ToastNotificationManager]::GetTemplateContent([Windows.UI.Notifications.ToastTemplateType]::ToastText02)
$nodes = $xml.GetElementsByTagName("text")
$nodes.Item(0).AppendChild($xml.CreateTextNode($lines[0])) | Out-Null
$nodes.Item(1).AppendChild($xml.CreateTextNode($lines[1])) | Out-Null
[Windows.UI.Notifications.ToastNotificationManager]::CreateToastNotifier("Syntrack").Show([Windows.UI.Notifications.ToastNotification]::new($xml))
`;

export const tmux: ChannelType = {
  id: "tmux",
  name: "tmux",
  reach: () => ({ hosts: [], commands: ["tmux"] }),
  settings: [],
  async send({ title, text }, { run }) {
    const line = oneLine(`${title}. ${text}`).replaceAll("#", "##").replaceAll("%", "%%");
    const code = await run("tmux", ["display-message", "-d", "10000", "--", line], "", TIMEOUT_MS);
    if (code !== 0) throw new ChannelError(`tmux ended with ${code}: is a session running?`);
  },
};

const BEL = "\u0007";
/** Terminals only, so that nothing else can be written to. */
const TERMINAL = /^\/dev\/(?:tty[A-Za-z0-9.]*|pts\/\d+)$/;

/** Rings only: text would spoil what a program shows there. */
export const terminalBell: ChannelType = {
  id: "bell",
  name: "Terminal bell",
  reach: () => ({ hosts: [], commands: ["tee"] }),
  settings: [{
    name: "terminal",
    help: "such as /dev/pts/3, as printed by `tty` (default: the terminal of the server)",
    optional: true,
  }],
  check: ({ terminal = "/dev/tty" }) =>
    TERMINAL.test(terminal) ? null : "terminal is not a path such as /dev/pts/3",
  async send(_message, { settings, os, run }) {
    if (os === "windows") throw new ChannelError("Windows has no terminal to ring", { rejected: true });
    const { terminal = "/dev/tty" } = settings;
    const code = await run("tee", [terminal], BEL, TIMEOUT_MS);
    if (code !== 0) throw new ChannelError(`${terminal} cannot be rung: is that terminal open?`);
  },
};

/** The user's own command. It comes only from the config file, never from the dashboard or a database. */
export const hook: ChannelType = {
  id: "hook",
  name: "Command",
  reach: ({ command }) => ({ hosts: [], commands: command === undefined ? [] : [command] }),
  settings: [
    { name: "command", help: "absolute path of the program; it runs without a shell" },
    { name: "args", help: "its arguments as a JSON list", optional: true },
    { name: "timeout", help: "time limit in seconds, 0.1 to 300 (default: 30)", optional: true },
  ],
  check: hookProblem,
  async send(message, { settings, run }) {
    const { command, args = "[]", timeout = "30" } = settings;
    if (command === undefined) {
      throw new ChannelError("The config file has no command of this name under [hooks]", {
        retry: false,
      });
    }
    const input = `${JSON.stringify(webhookBody(message))}\n`;
    const code = await run(command, parseHookArgs(args) ?? [], input, Number(timeout) * 1000);
    if (code !== 0) throw new ChannelError(`The command ended with ${code}`);
  },
};
