/** Version of the JSON the command line prints; increases only when a field changes its meaning or is removed. */
export const SCHEMA_VERSION = 1;
