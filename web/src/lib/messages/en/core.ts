// Texts of the shell, signing in, home, search and settings.
export const core = {
  'app.name': 'Meridian',
  'common.retry': 'Try again',
  'common.cancel': 'Cancel',
  'common.save': 'Save',
  'common.offline': 'The server cannot be reached. Check the connection, then try again.',
};
