/** Ids of the elements around parts that the server rendered and whose code loads later. */
export const BANNERS_ID = "alert-banners";
export const BELL_ID = "alert-bell";
export const CHART_ID = "history-chart";
export const HORIZON_ID = "horizon";
export const INSIGHTS_ID = "top-insights";
export const NEEDS_ID = "needs";
