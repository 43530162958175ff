/** Lists what accounts may reach beyond their providers' declarations: hosts, login files, files to renew. */
import { dirname } from "../base/path.ts";
import type { Environment } from "../config/environment.ts";
import type { ConfiguredAccount } from "../poll/discovery.ts";
import type { CreateContext } from "../poll/poller.ts";
import { REFRESH_REASONS } from "../provider/contract.ts";
import type { AccessedFile } from "../sandbox/access_list.ts";
import type { Renewer } from "../accounts/renewal/renewal.ts";
import { systemOs } from "../sandbox/sandbox.ts";
import { appliesTo } from "../sandbox/places.ts";
import { findLoginPlace } from "./login_place.ts";

export interface AccountAccess {
  readonly provider: string;
  readonly hosts: readonly string[];
  readonly files: readonly AccessedFile[];
  /** True when a user added it. */
  readonly isStored: boolean;
  /** The folder of the login that its owner allows to be renewed, or null. */
  readonly renewed: string | null;
}

export interface AccountAccessParts {
  readonly environment: Environment;
  readonly createContext: CreateContext;
  readonly renewer: Renewer;
}

export function listAccountAccess(
  found: readonly ConfiguredAccount[],
  { environment, createContext, renewer }: AccountAccessParts,
): readonly AccountAccess[] {
  const os = systemOs();
  return found.map((configured) => {
    const { provider, account, login } = configured;
    const at = (place: string) => findLoginPlace(configured, place, { environment, createContext });
    const isStored = login?.isStored ?? false;
    const places = isStored ? (provider.places ?? []).filter((place) => appliesTo(place, os)) : [];
    const mayRenew = REFRESH_REASONS.some((why) => renewer.isAllowed(configured, why));
    const file = mayRenew && account.file !== undefined ? at(account.file) : null;
    return {
      provider: provider.id,
      isStored,
      hosts: account.hosts ?? [],
      files: places.flatMap(({ path, what }) => {
        const there = at(path);
        return there === null ? [] : [{ path: there, what }];
      }),
      renewed: file === null ? null : dirname(file),
    };
  });
}
