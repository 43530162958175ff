/** The id of the element that holds the Horizon as the server drew it. */
export const HORIZON_PLACE = "horizon";
