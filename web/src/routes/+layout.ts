// One page for every address: the app routes in the browser.
export const ssr = false;
export const prerender = false;
