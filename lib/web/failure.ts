/** What to tell users when a request fails: enough to act on, no internals. */
import { HttpError } from "fresh";

export interface Failure {
  readonly status: number;
  /** A few words, for a title. */
  readonly title: string;
  /** A sentence, safe to show to anyone. */
  readonly message: string;
  /** The problems with parts of the request. */
  readonly errors?: readonly FieldProblem[];
}

/** The problem with one part of the input. */
export interface FieldProblem {
  /** Its path, as in `thresholds.warning`; empty for the whole input. */
  readonly field: string;
  readonly message: string;
}

/** Answers 422: the input can be parsed but is invalid. Names every invalid part. */
export class FieldsError extends HttpError {
  readonly errors: readonly FieldProblem[];

  constructor(errors: readonly FieldProblem[]) {
    super(422, `Nothing was changed: ${errors.map(({ message }) => message).join("; ")}`);
    this.errors = errors;
  }
}

/** Statuses below 500 that the framework itself or the guards return. */
const KNOWN: Readonly<Record<number, readonly [title: string, message: string]>> = {
  400: ["Bad request", "The request could not be understood"],
  401: ["Sign in first", "This needs a login"],
  403: ["Refused", "The request came from another site"],
  404: ["Not found", "There is nothing at this address"],
  405: ["Not possible", "This address cannot be used that way"],
  408: ["Too late", "The request did not come in time"],
  409: ["Not possible now", "Something else has to be fixed first"],
  413: ["Too long", "The request is too long"],
  415: ["Wrong type", "The request has a type that is not accepted here"],
  422: ["Not accepted", "The request is invalid"],
};

/** Errors of the store, recognized by `kind` since bundles may hold two copies of its class. */
const STORE: Readonly<Record<string, Failure>> = {
  full: {
    status: 507,
    title: "The disk is full",
    message: "Nothing was changed: the disk that holds the database is full. Free some space and try again",
  },
  locked: {
    status: 503,
    title: "Not possible now",
    message: "Nothing was changed: other programs are writing to the database. Try again in a moment",
  },
  limited: {
    status: 503,
    title: "The limits of the plan are reached",
    message:
      "Nothing was changed: the database does not answer until the limits of its plan are reset or changed",
  },
  unwritable: {
    status: 503,
    title: "The database cannot be written",
    message: "Nothing was changed: the database cannot be written. `syntrack doctor` says why",
  },
};

function ofStore(error: unknown): Failure | undefined {
  if (!(error instanceof Error) || error.name !== "StoreError" || !("kind" in error)) return undefined;
  return typeof error.kind === "string" && Object.hasOwn(STORE, error.kind) ? STORE[error.kind] : undefined;
}

/** @param error the thrown value; null for an unknown address */
export function toFailure(error: unknown): Failure {
  const status = error === null || error === undefined
    ? 404
    : error instanceof HttpError
    ? error.status
    : 500;
  if (status >= 500) {
    const known = ofStore(error);
    if (known) return known;
    const message = "The server failed to answer; its log says why";
    return { status, title: "Something went wrong", message };
  }
  const [title, message] = KNOWN[status] ?? ["Not possible", "The request was refused"];
  // Messages of an `HttpError` are written for the caller.
  const own = error instanceof HttpError ? error.message : "";
  const errors = error instanceof FieldsError ? { errors: error.errors } : {};
  return { status, title, message: own || message, ...errors };
}

/** Describes a thrown value for the log. */
export function errorText(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
