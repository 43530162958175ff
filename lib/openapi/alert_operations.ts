/** The operations about alerts: what was raised, the rules, and the channels. */
import { AlertRulesBody } from "../web/alert_bodies.ts";
import * as native from "./native_answers.ts";
import type { Operation } from "./operation.ts";

const FAILURES = [400, 413, 415, 422];

export const ALERT_OPERATIONS: readonly Operation[] = [
  {
    path: "/api/v1/alerts",
    method: "get",
    group: "Native API",
    summary: "The newest alerts, and what came of each in every channel",
    answer: native.Alerts,
    failures: [],
  },
  {
    path: "/api/v1/rules",
    method: "get",
    group: "Native API",
    summary: "When alerts are raised: for everything, and for accounts and quotas that have their own rules",
    answer: native.AlertRules,
    failures: [],
  },
  {
    path: "/api/v1/rules",
    method: "put",
    group: "Native API",
    summary:
      "Changes the rules of everything, or of what `of` names; what is absent stays, and null gives back what holds above",
    body: AlertRulesBody,
    answer: native.AlertRules,
    failures: FAILURES,
  },
  {
    path: "/api/v1/rules/replay",
    method: "get",
    group: "Native API",
    summary: "What rules would have told of the last 30 days; what is absent stands as it is in force",
    parameters: [
      { name: "of", description: "Key of an account or a quota; everything unless given" },
      { name: "thresholds", description: "Percentages, separated by commas" },
      { name: "balanceBelow", description: "Amount below which a balance is told of" },
      { name: "failingMinutes", description: "How long an account may fail" },
      { name: "kind", description: "A kind that is on; those in force unless any is given", repeated: true },
    ],
    answer: native.AlertReplay,
    failures: [422],
  },
];
