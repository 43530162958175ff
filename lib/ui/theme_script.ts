/**
 * Runs before the first paint, so that a theme selected earlier shows without a flash. The page inlines it,
 * so it must stay plain and short.
 */
export const THEME_SCRIPT =
  `try{var t=localStorage.getItem("theme"),d=document.documentElement.dataset;if(t==="light"||t==="dark")d.theme=t;else if(t==="system")delete d.theme}catch(e){}`;
