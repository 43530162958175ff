/** Limits of user settings. */

/** Maximum length of an account's label. */
export const MAX_LABEL = 60;
/** Maximum retention of raw readings in days, unless kept forever. */
export const MAX_KEEP_DAYS = 3650;
