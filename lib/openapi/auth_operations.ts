/** The operations of the service API about signing in and keys. */
import { LoginBody, NewKeyBody, PasswordBody, RegisterBody } from "../web/service_api/bodies.ts";
import type { Operation } from "./operation.ts";
import * as service from "./service_answers.ts";

const group = "Service API";
const BODY = [400, 413, 415];

export const AUTH_OPERATIONS: readonly Operation[] = [
  {
    path: "/api/auth/status",
    method: "get",
    group,
    summary: "Whether anyone can sign in by name",
    answer: service.AuthStatus,
    failures: [],
  },
  {
    path: "/api/auth/register",
    method: "post",
    group,
    summary: "Creates the first admin, with the code that the server prints",
    body: RegisterBody,
    status: 201,
    answer: service.SignedIn,
    failures: [...BODY, 403, 409, 429],
  },
  {
    path: "/api/auth/login",
    method: "post",
    group,
    summary: "A name and password for a token that is sent as Authorization: Bearer",
    body: LoginBody,
    answer: service.SignedIn,
    failures: [...BODY, 401, 429],
  },
  {
    path: "/api/auth/logout",
    method: "post",
    group,
    summary: "Ends your own sign-in",
    answer: service.Done,
    failures: [],
  },
  {
    path: "/api/auth/me",
    method: "get",
    group,
    summary: "Who the caller is",
    answer: service.Me,
    failures: [],
  },
  {
    path: "/api/auth/change-password",
    method: "post",
    group,
    summary: "Change your own password; all your other sign-ins end",
    body: PasswordBody,
    answer: service.Done,
    failures: [...BODY, 401, 403, 429],
  },
  {
    path: "/api/auth/api-keys",
    method: "get",
    group,
    summary: "All keys, with their first characters",
    answer: service.KeyList,
    failures: [],
  },
  {
    path: "/api/auth/api-keys",
    method: "post",
    group,
    summary: "Creates a key, which is shown only once",
    body: NewKeyBody,
    status: 201,
    answer: service.NewKey,
    failures: [...BODY, 409],
  },
  {
    path: "/api/auth/api-keys/{id}",
    method: "delete",
    group,
    summary: "Ends a key",
    inPath: [{ name: "id", description: "Id of a key" }],
    answer: service.Done,
    failures: [404],
  },
];
