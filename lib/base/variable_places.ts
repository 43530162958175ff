/** Where a user can set a variable, as texts say it. */
export const VARIABLE_PLACES = "in the environment, in ./.env or in ~/.syntrack/.env";
