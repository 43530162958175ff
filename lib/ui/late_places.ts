/** Ids of the elements around parts that the server rendered and whose code loads later. */
export const BANNERS_PLACE = "alert-banners";
export const BELL_PLACE = "alert-bell";
export const CHART_PLACE = "history-chart";
export const HORIZON_PLACE = "horizon";
export const INSIGHTS_PLACE = "top-insights";
export const NEEDS_PLACE = "needs";
