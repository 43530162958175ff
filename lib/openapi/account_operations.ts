/** The operations about accounts. */
import { AccountChangeBody, AccountRemovalBody, NewAccountBody } from "../web/bodies.ts";
import * as native from "./native_answers.ts";
import { ColumnsParam } from "../web/params.ts";
import type { Operation } from "./operation.ts";

const FAILURES = [400, 409, 413, 415, 422];

export const ACCOUNT_OPERATIONS: readonly Operation[] = [
  {
    path: "/api/v1/answers/{command}",
    method: "get",
    group: "Native API",
    summary:
      "What `query`, `forecast`, `guard` or `insights` prints here, for `syntrack --url`: every option is a parameter of its name, empty where it takes no value",
    inPath: [{ name: "command", description: "Name of the command" }],
    parameters: [
      { name: "operand", description: "The arguments of the command", repeated: true },
      { name: "columns", description: "Width of the terminal", schema: ColumnsParam, fallback: 80 },
    ],
    answer: native.CommandAnswer,
    failures: [400, 503],
  },
  {
    path: "/api/v1/accounts",
    method: "get",
    group: "Native API",
    summary: "All accounts, where each comes from, and what can be added; never a secret",
    answer: native.Accounts,
    failures: [],
  },
  {
    path: "/api/v1/accounts",
    method: "post",
    group: "Native API",
    summary: "Adds an account; its secrets are stored encrypted and cannot be read back",
    body: NewAccountBody,
    answer: native.Account,
    failures: FAILURES,
  },
  {
    path: "/api/v1/accounts",
    method: "put",
    group: "Native API",
    summary:
      "Renames a stored account with its history, turns polling of any account on or off, or hides one that is no longer configured",
    body: AccountChangeBody,
    answer: native.Account,
    failures: FAILURES,
  },
  {
    path: "/api/v1/accounts",
    method: "delete",
    group: "Native API",
    summary: "Deletes the secrets of a stored account; with purge, all of its history as well",
    body: AccountRemovalBody,
    answer: native.RemovedAccount,
    failures: FAILURES,
  },
];
