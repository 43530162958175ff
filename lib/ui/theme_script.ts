/**
 * Runs before anything is painted, so that a theme chosen earlier shows without a flash.
 * It stands inline in the page, and must therefore be plain and short.
 */
export const THEME_SCRIPT =
  `try{var t=localStorage.getItem("theme");if(t==="light"||t==="dark")document.documentElement.dataset.theme=t}catch(e){}`;
