/**
 * Lists every page, with what makes it heavy.
 *
 * @param account the account whose pages to show, as in addresses: `demo/account-1`
 */
export function listPages(account: string): readonly string[] {
  return [
    "/",
    "/?view=compact",
    "/?range=1y",
    `/accounts/${account}`,
    `/accounts/${account}?quota=five-hour`,
    "/analytics",
    "/analytics?days=365&group=quota",
    "/cycles",
    "/sessions",
    "/cycle-overview",
    "/history",
    "/stats",
    "/settings",
    "/settings?tab=accounts",
    "/settings?tab=insights",
    "/settings?tab=data",
    "/settings?tab=about",
    "/help",
    "/offline",
  ];
}
