// Leaves out of the player's engine (hls.js) what the server's lists never need: it is the largest script of the pages
// that play.

const ENGINE = /\/hls\.js\/dist\/hls\.light\.mjs$/;

/** @typedef {[what: string | RegExp, instead: string]} Change */

/**
 * Segments are fragmented MP4: no other container is taken apart, and none is made.
 * @type {Change[]}
 */
const CONTAINERS = [
  [/, \{\n {2}demux: TSDemuxer,[\s\S]*?\n\}\];/, '];'],
  ['TSDemuxer.probe(initSegmentData, this.logger)', 'false'],
  [/\n_MP = MP4;\nMP4\.FTYP = [\s\S]*?\n\]\)\)\);\n/, '\n'],
];
/**
 * Lists name no other servers and carry no timed metadata, and the picture is not made smaller for dropped frames.
 * @type {Change[]}
 */
const CONTROLLERS = [
  ['contentSteeringController: ContentSteeringController ,', 'contentSteeringController: undefined,'],
  ['id3TrackController: ID3TrackController,', 'id3TrackController: undefined,'],
  ['fpsController: FPSController,', 'fpsController: undefined,'],
];
/** What would be logged: logging is never switched on. */
const LOGGED = /^[ \t]*(?:this\.|hls\.|logger\.)+(?:log|warn|info|debug|trace)\((?:(?! = ).)*\);$/gm;

/**
 * @param {string} code hls.js light as it is published
 * @returns {string}
 */
export function slim(code) {
  for (const [what, instead] of [...CONTAINERS, ...CONTROLLERS]) {
    const parts = code.split(what);
    if (parts.length !== 2) throw new Error(`hls.js has changed: ${what} is there ${parts.length - 1} times`);
    code = parts.join(instead);
  }
  return code.replace(LOGGED, ';');
}

/**
 * @returns {import('vite').Plugin}
 */
export function slimEngine() {
  return {
    name: 'slim-engine',
    transform: {
      filter: { id: ENGINE },
      handler: (code) => ({ code: slim(code), map: null }),
    },
  };
}
