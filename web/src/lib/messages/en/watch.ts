// Texts of the watch page, the upload and publishing.
export const watch = {
  'watch.untitled': 'Untitled update',
};
