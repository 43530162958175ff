/** What people are told when a request fails: enough to go on, nothing of the inside. */
import { HttpError } from "fresh";

export interface Failure {
  readonly status: number;
  /** A few words, for a title. */
  readonly title: string;
  /** A sentence, safe to show to anybody. */
  readonly message: string;
}

/** Statuses below 500 that the framework itself or the guards answer with. */
const KNOWN: Readonly<Record<number, readonly [title: string, message: string]>> = {
  400: ["Bad request", "The request could not be understood"],
  401: ["Sign in first", "This needs a login"],
  403: ["Refused", "The request came from another site"],
  404: ["Not found", "There is nothing at this address"],
  405: ["Not possible", "This address cannot be used that way"],
};

/** @param error what was thrown; null stands for an address that does not exist */
export function failureOf(error: unknown): Failure {
  const status = error === null || error === undefined
    ? 404
    : error instanceof HttpError
    ? error.status
    : 500;
  if (status >= 500) {
    const message = "The server failed to answer; its log says why";
    return { status, title: "Something went wrong", message };
  }
  const [title, message] = KNOWN[status] ?? ["Not possible", "The request was refused"];
  // Messages of an `HttpError` are written for whoever asked.
  const own = error instanceof HttpError ? error.message : "";
  return { status, title, message: own || message };
}
