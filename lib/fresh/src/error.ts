import type { STATUS_TEXT } from "./status.ts";

/** Every 4xx and 5xx status that has a name. */
export type ErrorStatus = keyof typeof STATUS_TEXT;

/** Thrown to end a request with an HTTP status. Statuses below 500 are not logged. */
export class HttpError extends Error {
  status: ErrorStatus;

  /** @param message Shown to the client when no error page is registered; default is the status text. */
  constructor(status: ErrorStatus, message?: string, options?: ErrorOptions) {
    super(message, options);
    this.name = this.constructor.name;
    this.status = status;
  }
}
