// English: every key that there is.
import { admin } from './admin';
import { auth } from './auth';
import { core } from './core';
import { discuss } from './discuss';
import { fields } from './fields';
import { places } from './places';
import { problems } from './problems';
import { record } from './record';
import { rounds } from './rounds';
import { settings } from './settings';
import { share } from './share';
import { tell } from './tell';
import { together } from './together';
import { watch } from './watch';

export const english = {
  ...core,
  ...auth,
  ...places,
  ...problems,
  ...fields,
  ...settings,
  ...share,
  ...watch,
  ...discuss,
  ...record,
  ...rounds,
  ...tell,
  ...together,
  ...admin,
};
