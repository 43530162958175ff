/** Any JSON receiver. */
import { fillTemplate, templateProblem } from "../body_template.ts";
import { type ChannelType, reachOfUrl, requireAccepted } from "../channel.ts";
import { signBody } from "../signature.ts";
import { webhookBody } from "../webhook_body.ts";
import { checkUrl, URL_SETTING } from "./http.ts";

/** With a signature over the time and the body. */
export const webhook: ChannelType = {
  id: "webhook",
  name: "Webhook",
  reach: ({ url = "" }) => reachOfUrl(url),
  settings: [
    URL_SETTING,
    {
      name: "secret",
      help: "signs the body (HMAC-SHA256), so that the receiver knows who sent it",
      secret: true,
      optional: true,
    },
    { name: "authorization", help: "value of the Authorization header", secret: true, optional: true },
    {
      name: "template",
      help: "your own JSON body, with placeholders such as {{title}} and {{message}}",
      optional: true,
    },
  ],
  check: (settings) => checkUrl(settings) ?? (settings.template ? templateProblem(settings.template) : null),
  async send(message, context) {
    const { url = "", secret, authorization, template } = context.settings;
    const body = template ? fillTemplate(template, message) : JSON.stringify(webhookBody(message));
    const timestamp = String(Math.floor(context.now() / 1000));
    const answer = await context.request(url, {
      method: "POST",
      headers: {
        "content-type": "application/json; charset=utf-8",
        "idempotency-key": message.id,
        "x-syntrack-timestamp": timestamp,
        ...secret && { "x-syntrack-signature": `sha256=${await signBody(secret, timestamp, body)}` },
        ...authorization && { authorization },
      },
      body,
    });
    requireAccepted("The webhook", answer);
  },
};
