/** Names a provider's settings in words; the variable is a detail beside them. */

/** The facts by which a form names a setting. */
export interface SettingNames {
  readonly name: string;
  readonly secret: boolean;
  readonly help: string;
}

/** The first that matches the end of a variable's name gives the words. */
const WORDS: readonly (readonly [end: RegExp, words: string])[] = [
  [/ADMIN(?:_API)?_KEY$/, "Admin key"],
  [/MANAGEMENT_API_KEY$/, "Management key"],
  [/SECRET_ACCESS_KEY$/, "Secret access key"],
  [/ACCESS_KEY_ID$/, "Access key ID"],
  [/CLIENT_SECRET$/, "Client secret"],
  [/REFRESH_TOKEN$/, "Refresh token"],
  [/SESSION_TOKEN$/, "Session token"],
  [/CSRF_TOKEN$/, "App token"],
  [/COOKIE$/, "Cookie"],
  [/KEY$/, "API key"],
  [/TOKEN$/, "Access token"],
  [/BUDGET_USD$/, "Monthly budget, US dollars"],
  [/SOFT_LIMIT_USD$/, "Soft limit, US dollars"],
  [/ACCOUNT_ID$/, "Account ID"],
  [/USER_ID$/, "User ID"],
  [/TEAM_ID$/, "Team ID"],
  [/CLIENT_ID$/, "Client ID"],
  [/TENANT_ID$/, "Tenant ID"],
  [/WORKSPACE_ID$/, "Workspace ID"],
  [/SUBSCRIPTION_ID$/, "Subscription ID"],
  [/RESOURCE_GROUP$/, "Resource group"],
  [/DEPLOYMENT_NAME$/, "Deployment"],
  [/API_VERSION$/, "API version"],
  [/DEFAULT_REGION$/, "Default region"],
  [/REGION$/, "Region"],
  [/ORGANIZATION$/, "Organization"],
  [/PROJECT(?:_ID)?$/, "Project"],
  [/PROFILE$/, "Profile"],
  [/(?:CREDENTIALS|FILE)$/, "Login file"],
  [/(?:HOME|DIR|CONFIG)$/, "Login folder"],
  [/(?:URL|HOST|ENDPOINT)$/, "Address"],
];

/** Names a setting: `ZAI_API_KEY` is "API key". A name with no known ending is spelled out without its vendor. */
export function settingWords({ name, secret, help }: SettingNames): string {
  if (secret && /^Cookie\b/.test(help)) return "Cookie";
  const known = WORDS.find(([end]) => end.test(name));
  if (known) return known[1];
  const [, ...rest] = name.split("_");
  const words = rest.join(" ").toLowerCase();
  return words === "" ? name : words.charAt(0).toUpperCase() + words.slice(1);
}
