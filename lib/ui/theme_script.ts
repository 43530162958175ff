/**
 * Runs before anything is painted, so that a theme chosen earlier shows without a flash.
 * It stands inline in the page, and must therefore be plain and short.
 */
export const THEME_SCRIPT =
  `try{var t=localStorage.getItem("theme"),d=document.documentElement.dataset;if(t==="light"||t==="dark")d.theme=t;else if(t==="system")delete d.theme}catch(e){}`;
