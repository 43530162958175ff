/** A real mail server on the loopback address: Python's `aiosmtpd`. It stores the mail it receives. */

/** Encryption: none, required STARTTLS, or from the start. */
export type SmtpEncryption = "plain" | "starttls" | "tls";

export interface TakenMail {
  readonly from: string;
  readonly to: readonly string[];
  readonly text: string;
  /** Whether it arrived encrypted. */
  readonly encrypted: boolean;
  /** The signed-in user, or null. */
  readonly user: string | null;
}

export interface SmtpServer extends AsyncDisposable {
  readonly port: number;
  /** Resolves to the next accepted mail. */
  next(): Promise<TakenMail>;
}

const PROGRAM = `
import asyncio, json, ssl, sys
from aiosmtpd.smtp import SMTP, AuthResult
mode, cert, key, refuse, host = sys.argv[1:6]
context = None
if mode != "plain":
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
def say(thing):
    print(json.dumps(thing), flush=True)
class Handler:
    async def handle_RCPT(self, server, session, envelope, address, options):
        if address == refuse:
            return "550 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"
    async def handle_DATA(self, server, session, envelope):
        say({"from": envelope.mail_from, "to": envelope.rcpt_tos, "text": envelope.content.decode(),
             "encrypted": session.ssl is not None or mode == "tls",
             "user": session.auth_data.login.decode() if session.auth_data else None})
        return "250 taken"
def sign_in(server, session, envelope, mechanism, data):
    return AuthResult(success=data.login == b"syn" and data.password == b"s3cret",
                      handled=False, auth_data=data)
def protocol():
    return SMTP(Handler(), hostname="localhost", tls_context=context if mode == "starttls" else None,
                require_starttls=mode == "starttls", authenticator=sign_in, auth_require_tls=mode == "starttls")
async def main():
    loop = asyncio.get_running_loop()
    server = await loop.create_server(protocol, host, 0, ssl=context if mode == "tls" else None)
    say({"port": server.sockets[0].getsockname()[1]})
    await server.serve_forever()
asyncio.run(main())
`;

/** `refused` is an address without a mailbox. */
export async function startSmtp(
  encryption: SmtpEncryption,
  files: { readonly cert: string; readonly key: string } = { cert: "", key: "" },
  { refused = "nobody@example.org", host = "127.0.0.1" } = {},
): Promise<SmtpServer> {
  const child = new Deno.Command(PYTHON!, {
    args: ["-c", PROGRAM, encryption, files.cert, files.key, refused, host],
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  async function line(): Promise<unknown> {
    while (!text.includes("\n")) {
      const { value, done } = await reader.read();
      if (done) throw new Error("The mail server has ended");
      text += value;
    }
    const end = text.indexOf("\n");
    const first = text.slice(0, end);
    text = text.slice(end + 1);
    return JSON.parse(first);
  }
  const { port } = await line() as { readonly port: number };
  return {
    port,
    next: async () => await line() as TakenMail,
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await reader.cancel().catch(() => {});
      await child.status;
    },
  };
}

/** Finds the first Python that has it: Debian's package is for the system's Python, and another may precede it in PATH. */
const PYTHON = ["python3", "/usr/bin/python3"].find((command) => {
  try {
    return new Deno.Command(command, { args: ["-c", "import aiosmtpd"], stdout: "null", stderr: "null" })
      .outputSync().success;
  } catch {
    return false;
  }
});

export function smtpTest(name: string, fn: () => Promise<void>): void {
  Deno.test({
    name: PYTHON ? name : `${name} (ignored: no aiosmtpd found, see Debian's package python3-aiosmtpd)`,
    ignore: PYTHON === undefined,
    fn,
  });
}
