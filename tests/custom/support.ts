/** Custom sources for tests: fixtures, and providers created from declarations. */
import { type Bindings, createBindings } from "../../lib/custom/bindings.ts";
import { checkDeclaration, type Endpoint } from "../../lib/custom/declaration.ts";
import { endpointProvider } from "../../lib/custom/endpoint.ts";
import type { Provider } from "../../lib/provider/contract.ts";
import { type Fixture, fixturesOf } from "../support/exchange.ts";

export interface CustomFixture extends Fixture {
  readonly declaration: Record<string, unknown>;
}

export const fixtures = fixturesOf("custom") as readonly CustomFixture[];

export function memoryBindings(): Bindings & { readonly text: () => string | null } {
  let text: string | null = null;
  return { ...createBindings({ read: () => text, write: (next) => text = next }), text: () => text };
}

export function declareSource(declaration: unknown): Endpoint {
  const checked = checkDeclaration(declaration);
  if ("problems" in checked) throw new Error(JSON.stringify(checked.problems));
  return checked.declaration as Endpoint;
}

export function providerOf(declaration: unknown, bindings: Bindings = memoryBindings()): Provider {
  return endpointProvider(declareSource(declaration), bindings);
}

/** Returns a declaration with one quota, and with these changes to its request. */
export function simple(
  request: Readonly<Record<string, unknown>> = {},
  quota: Readonly<Record<string, unknown>> = {},
) {
  return {
    id: "team",
    label: "Team",
    request: { url: "https://quota.example.test/v1/me", auth: { type: "bearer" }, ...request },
    quotas: [{ key: "calls", label: "Calls", unit: "requests", used: { path: "used" }, ...quota }],
  };
}

export const KEY = { SYNTRACK_CUSTOM_TEAM_API_KEY: "TESTONLY-key" };
