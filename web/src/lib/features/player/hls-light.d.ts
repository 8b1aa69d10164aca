// The light build of hls.js ships without types of its own; its surface is a part of the full one.
declare module 'hls.js/light' {
  export { default } from 'hls.js';
}
