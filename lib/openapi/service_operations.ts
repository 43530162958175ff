/** The operations of the service API. */
import { DaysParam, HoursParam, LogLinesParam, NameParam } from "../web/params.ts";
import { NewServiceBody, ReorderBody, ServiceChangeBody } from "../web/service_api/bodies.ts";
import { GroupParam } from "../web/service_api/analytics.ts";
import { AUTH_OPERATIONS } from "./auth_operations.ts";
import type { Operation } from "./operation.ts";
import type { Parameter } from "./parameters.ts";
import * as service from "./service_answers.ts";

const group = "Service API";
const ID: Parameter = { name: "id", description: "Id of a service" };
const SERVICE: Parameter = { name: "serviceId", description: "Only this service", schema: NameParam };
const DAYS: Parameter = { name: "days", description: "How many days back", schema: DaysParam, fallback: 30 };
const CHANGES = [400, 409, 413, 415];

export const SERVICE_OPERATIONS: readonly Operation[] = [
  ...AUTH_OPERATIONS,
  {
    path: "/api/services",
    method: "get",
    group,
    summary: "The accounts as services, including those turned off; never a secret",
    answer: service.ServiceList,
    failures: [],
  },
  {
    path: "/api/services",
    method: "post",
    group,
    summary: "Adds a service; its secrets are stored encrypted and cannot be read back",
    body: NewServiceBody,
    status: 201,
    answer: service.Service,
    failures: CHANGES,
  },
  {
    path: "/api/services/{id}",
    method: "put",
    group,
    summary:
      "Changes some fields of a service; an empty text removes a secret, a new address needs its secret again",
    inPath: [ID],
    body: ServiceChangeBody,
    answer: service.Service,
    failures: [400, 404, 409, 413, 415],
  },
  {
    path: "/api/services/{id}",
    method: "delete",
    group,
    summary: "Deletes the secrets of a service; its history stays. A missing one counts as deleted",
    inPath: [ID],
    status: 204,
    failures: [409],
  },
  {
    path: "/api/services/reorder",
    method: "post",
    group,
    summary: "Reorders services; those not named follow",
    body: ReorderBody,
    answer: service.ServiceList,
    failures: [400, 413, 415],
  },
  {
    path: "/api/quotas",
    method: "get",
    group,
    summary: "The current quotas of all services",
    answer: service.UsageQuotas,
    failures: [],
  },
  {
    path: "/api/quotas/refresh",
    method: "post",
    group,
    summary: "Polls all vendors now, at most every five seconds, and returns the status of services",
    answer: service.ServiceStatuses,
    failures: [],
  },
  {
    path: "/api/quotas/refresh/{id}",
    method: "post",
    group,
    summary: "The same for one service",
    inPath: [ID],
    answer: service.ServiceStatus,
    failures: [404],
  },
  {
    path: "/api/status",
    method: "get",
    group,
    summary: "The status of all services; this polls no vendor",
    answer: service.ServiceStatuses,
    failures: [],
  },
  {
    path: "/api/status/cached",
    method: "get",
    group,
    summary: "The same",
    answer: service.ServiceStatuses,
    failures: [],
  },
  {
    path: "/api/usage/history",
    method: "get",
    group,
    summary: "What was used, or of credits what was left, newest first; at most 20,000 values",
    parameters: [
      SERVICE,
      { name: "metric", description: "Only this metric", schema: NameParam },
      { name: "hours", description: "How many hours back", schema: HoursParam, fallback: 24 },
    ],
    answer: service.HistoryValues,
    failures: [400],
  },
  {
    path: "/api/usage/analytics",
    method: "get",
    group,
    summary: "What was used, slot by slot and summed up; what was consumed is counted across resets",
    parameters: [
      DAYS,
      SERVICE,
      { name: "interval", description: "Length of a slot, as in `15m`, `1h`, `1d`", fallback: "1h" },
      { name: "groupBy", description: "Which quotas share a row", schema: GroupParam, fallback: "service" },
    ],
    answer: service.Analytics,
    failures: [400],
  },
  {
    path: "/api/usage/analytics/providers",
    method: "get",
    group,
    summary: "The same vendor by vendor, in percent of limits, since their units cannot be added up",
    parameters: [DAYS],
    answer: service.ProviderAnalytics,
    failures: [400],
  },
  {
    path: "/api/logs",
    method: "get",
    group,
    summary: "The newest lines of the log, without secrets",
    parameters: [{ name: "limit", description: "How many at most", schema: LogLinesParam, fallback: 200 }],
    answer: service.Logs,
    failures: [400],
  },
  {
    path: "/api/socket",
    method: "get",
    group,
    summary:
      "A WebSocket with the status of all services, right away and after polls; any other path works as well",
    status: 101,
    failures: [403, 426, 503],
  },
  {
    path: "/health",
    method: "get",
    group: "Server",
    summary: "Whether the server answers, and nothing else",
    answer: service.Alive,
    failures: [],
  },
  {
    path: "/version",
    method: "get",
    group: "Server",
    summary: "The version of the server",
    answer: service.Version,
    failures: [],
  },
];
