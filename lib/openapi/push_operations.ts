/** The operations about browsers that receive notifications. */
import * as v from "valibot";
import { PushRemovalBody, PushSubscriptionBody } from "../web/bodies.ts";
import type { Operation } from "./operation.ts";

export const PUSH_OPERATIONS: readonly Operation[] = [
  {
    path: "/api/v1/push",
    method: "get",
    group: "Native API",
    summary:
      "The key that a browser subscribes to for notifications; null if the server cannot store secrets",
    answer: v.strictObject({ publicKey: v.nullable(v.string()) }),
    failures: [403, 409],
  },
  {
    path: "/api/v1/push",
    method: "post",
    group: "Native API",
    summary: "Stores the subscription of a browser, and sends it a first notification",
    body: PushSubscriptionBody,
    answer: v.strictObject({ channel: v.string(), problem: v.nullable(v.string()) }),
    failures: [400, 403, 409, 413, 415, 422],
  },
  {
    path: "/api/v1/push",
    method: "delete",
    group: "Native API",
    summary: "Deletes the subscription of a browser",
    body: PushRemovalBody,
    answer: v.strictObject({ removed: v.boolean() }),
    failures: [400, 403, 409, 413, 415],
  },
];
