/** Of the JSON the command line prints: raised only when a field changes its meaning or goes. */
export const SCHEMA_VERSION = 1;
